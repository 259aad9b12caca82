import { expectNothingOfAxe } from "./axe.ts";
import { PATIENT, scenarioOf, unfold } from "./controls.ts";
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
  await expect(list.getByRole("button", { name: /^TRL, chosen/ })).toHaveAttribute("aria-expanded", "true", PATIENT);
  await expect(list.getByRole("row", { name: /^Loss .*fused with the head/ })).toContainText("−");
  await expect(list.getByRole("link", { name: /huggingface\/trl/ }).first()).toHaveAttribute("href", /^https:/);
  await expectNothingOfAxe(page, "#libraries");
  await list.getByRole("button", { name: /^Axolotl/ }).click();
  await list.getByRole("button", { name: "Use Axolotl" }).click();
  await expect.poll(() => linkOf(page)["stack"]).toBe("axolotl");
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
