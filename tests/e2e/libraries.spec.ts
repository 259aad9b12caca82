import { expectNothingOfAxe } from "./axe.ts";
import { scenarioOf, unfold } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

test("the stack control leads to what the library changes, field by field with its source, and another one can be taken", async ({
  page,
  open,
}) => {
  await open("?v=1&stack=trl&method=qlora");
  await page
    .getByRole("button", { name: /^Training library|^Stack/ })
    .first()
    .click();
  await page.getByRole("link", { name: "What this changes, in bytes" }).click();
  const list = page.locator("#libraries");
  await expect(list.getByRole("button", { name: /^TRL, chosen/ })).toHaveAttribute("aria-expanded", "true");
  await expect(list.getByRole("row", { name: /^Loss .*fused with the head/ })).toContainText("−");
  await expect(list.getByRole("link", { name: /huggingface\/trl/ }).first()).toHaveAttribute("href", /^https:/);
  await expectNothingOfAxe(page, "#libraries");
  await list.getByRole("button", { name: /^Axolotl/ }).click();
  await list.getByRole("button", { name: "Use Axolotl" }).click();
  await expect.poll(() => linkOf(page)["stack"]).toBe("axolotl");
});

test("the stacks stand in three groups: current, older versions, accounting", async ({ page, open }) => {
  await open("?v=1&stack=trl-0.13");
  await unfold(page);
  const stack = scenarioOf(page).getByRole("combobox", { name: "Stack", exact: true });
  await expect(stack).toHaveValue("trl-0.13");
  const groups = await stack.locator("optgroup").evaluateAll((all) =>
    all.map((group) => ({
      label: (group as HTMLOptGroupElement).label,
      names: [...group.children].map(({ textContent }) => textContent),
    })),
  );
  expect(groups.map(({ label }) => label)).toEqual(["Current", "Older versions", "Accounting"]);
  const [current, older, accounting] = groups;
  expect(current?.names).toEqual(expect.arrayContaining(["Transformers + PEFT", "TRL", "Unsloth", "LLaMA-Factory"]));
  expect(older?.names).toEqual(expect.arrayContaining(["Transformers up to 4.45 + PEFT", "TRL 0.13"]));
  expect(accounting?.names).toEqual(["Article: 12 bytes per parameter"]);
  await expect(stack.locator("> option")).toHaveCount(0);
});

test("a 0.5B model with fp32 upcast takes more as QLoRA than as LoRA, and the page says why", async ({
  page,
  open,
}) => {
  await open("?v=1&model=qwen2.5-0.5b&kbit=fp32");
  await expect(
    page
      .getByRole("region", { name: "What to change first" })
      .getByText(/QLoRA takes .* more than LoRA here: k-bit prep/),
  ).toBeVisible();
  await expect(page.getByText(/^QLoRA against LoRA: .*k-bit preparation \(fp32\)/)).toBeVisible();
  await open("?v=1&model=qwen2.5-0.5b&kbit=none");
  await expect(page.getByText(/QLoRA takes/)).toHaveCount(0);
});

test("DoRA, whose code comes late, counts from a link and from its switch alike", async ({ page, open }) => {
  const asPlain = "16.2 GiB";
  const asDora = "17.6 GiB";
  const cards = page.getByRole("region", { name: "Memory by method" });
  await open("?v=1&seq=64&show=lora");
  await expect(cards).toContainText(asPlain);
  await unfold(page);
  await scenarioOf(page).getByRole("checkbox", { name: "DoRA" }).click();
  await expect(cards).toContainText(asDora);
  await open("?v=1&seq=64&show=lora&dora=1");
  await expect(cards).toContainText(asDora);
});

test("QLoRA of a mixture of experts says which experts stay in 16 bits, and a library that packs them takes a quarter", async ({
  page,
  open,
}) => {
  const cards = page.getByRole("region", { name: "Memory by method" });
  await open("?v=1&model=qwen3-30b-a3b&method=qlora&show=qlora&stack=trl&gpu=h100-sxm&targets=attention");
  await expect(
    page.getByText(/QLoRA: the experts are not quantised \(54\.0\sGiB of the 55\.6\sGiB of base weights\)/),
  ).toBeVisible();
  await expect(cards).toContainText(/57\.\d\s*GiB needed/);
  await unfold(page);
  await scenarioOf(page).getByRole("combobox", { name: "Stack", exact: true }).selectOption("unsloth");
  await expect(cards).toContainText(/1\d\.\d\s*GiB needed/);
  await expect(page.getByText(/the experts are not quantised/)).toHaveCount(0);
});
