import { expect, test } from "./headroom.ts";

const T4 = "?v=1&model=llama-3.2-1b&gpu=t4&seq=8192&loss=fused";

test("what a T4 runs is what page and embed count: fp16 and math attention, which keeps all scores", async ({
  page,
  open,
}) => {
  for (const link of [T4, `${T4}&embed=1`]) {
    await open(link);
    const lora = page.getByRole("button", { pressed: true });
    await expect(lora).toContainText("35.7");
    await expect(lora).toContainText("Does not fit");
    await expect(page.getByText("Counted as a T4 runs it: fp16, math attention")).toBeVisible();
  }
});

test("attention that a T4 has no kernel for never fits: on the cards, in the verdict, in the matrix, in the embed", async ({
  page,
  open,
}) => {
  await open(`${T4}&attn=flash`);
  await expect(page.getByRole("button", { pressed: true })).toContainText("Cannot run");
  await expect(page.getByRole("button", { pressed: true })).toContainText("no flash kernel");
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("cannot run on a T4: no flash kernel");
  const matrix = page.getByRole("region", { name: "What fits where" });
  await matrix.scrollIntoViewIfNeeded();
  await expect(matrix.getByText("Cannot run").first()).toBeVisible();
  await open(`${T4}&attn=flash&embed=1`);
  await expect(page.getByRole("button", { pressed: true })).toContainText("Cannot run");
  await expect(page.getByText("LoRA cannot run on a T4: no flash kernel.")).toBeVisible();
});

test("one press takes back what was chosen against the card", async ({ page, open }) => {
  await open(`${T4}&attn=flash`);
  await page.getByText("Choose what it runs").waitFor();
  await page.getByRole("button", { name: "Apply", exact: true }).first().click();
  await expect(page.getByRole("button", { pressed: true })).toContainText("35.7");
  await expect(page).not.toHaveURL(/attn=/);
});

test("the values under the GPU lead to their controls, by keyboard too", async ({ page, open }) => {
  await open(T4);
  await page.getByRole("button", { name: "math attention" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^Training (?!for)/ })).toBeFocused();
  await expect(page.getByRole("group", { name: "Attention" })).toBeVisible();
});

test("GPUs are counted beside the card: arrows step by machines, Home is one", async ({ page, open }) => {
  await open("?v=1&gpu=h100-sxm");
  const number = page.getByRole("spinbutton", { name: "How many" });
  await expect(page.getByRole("button", { name: "Fewer: How many" })).toBeDisabled();
  await page.getByRole("button", { name: "More: How many" }).click();
  await expect(number).toHaveValue("2");
  await number.focus();
  for (const next of ["4", "8", "16", "24"]) {
    await page.keyboard.press("ArrowUp");
    await expect(number).toHaveValue(next);
  }
  await page.keyboard.press("Home");
  await expect(number).toHaveValue("1");
});
