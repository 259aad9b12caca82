import { expect, test } from "./headroom.ts";

const T4 = "?v=1&model=llama-3.2-1b&gpu=t4&seq=8192&loss=fused";

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
