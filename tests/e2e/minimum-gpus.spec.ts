import { expect, linkOf, test } from "./headroom.ts";

test("it opens from several GPUs, closes with Escape, and a cell opens its scenario", async ({ page, open }) => {
  await open("?v=1&gpus=2");
  await page.getByRole("link", { name: "How many GPUs models of 7B to 70B take" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "How many GPUs it takes" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  // The dialog is gone before its "close" event writes the anchor.
  await expect(page).toHaveURL(/#guide$/);
  expect(linkOf(page)).toMatchObject({ gpus: "2" });
  await page.goBack();
  await dialog.getByRole("region", { name: "13B: Llama 2 13B" }).getByRole("link").first().click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(linkOf(page)).toMatchObject({ model: "llama-2-13b", method: "full", gpu: "rtx-3080-10gb", gpus: "48" });
});
