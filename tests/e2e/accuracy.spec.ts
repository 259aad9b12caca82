import { barsOf, numberOf, scenarioOf } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

test("it opens by keyboard from How it is computed, closes with Escape and with back, and keeps the link", async ({
  page,
  open,
}) => {
  await open("?v=1&batch=2");
  const opener = page.getByRole("link", { name: "Predicted against measured" });
  await opener.focus();
  await opener.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Predicted against measured" });
  await expect(dialog).toBeVisible();
  expect(linkOf(page)).toMatchObject({ batch: "2" });
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page).toHaveURL(/#computed$/);
  await opener.click();
  await expect(dialog).toBeVisible();
  await page.goBack();
  await expect(dialog).toHaveCount(0);
  expect(linkOf(page)).toMatchObject({ batch: "2" });
});

test("pointing at a run says what it is, and its name in the table opens its scenario", async ({ page, open }) => {
  await open("#accuracy");
  const dialog = page.getByRole("dialog");
  // The last one drawn lies above all others.
  await dialog.locator("svg a").last().hover();
  await expect(dialog.getByText(/GiB predicted, .* measured/)).toBeVisible();
  const run = dialog
    .getByRole("rowheader")
    .getByRole("link", { name: /, QLoRA$/ })
    .first();
  const link = new URLSearchParams((await run.getAttribute("href")) ?? "");
  await run.click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect.poll(() => linkOf(page)["method"]).toBe("qlora");
  expect(linkOf(page)["seq"]).toBe(link.get("seq") ?? undefined);
});

test("a run that is opened keeps its measurement until something that is counted changes, and undo brings it back", async ({
  page,
  open,
}) => {
  await open("?v=1&batch=2#accuracy");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Runs").selectOption("all");
  await dialog.getByLabel("What was measured").selectOption("reserved");
  await dialog
    .getByRole("rowheader")
    .getByRole("link", { name: /, QLoRA$/ })
    .first()
    .click();
  await expect(dialog).toHaveCount(0);
  const line = page.locator("#bars").getByRole("paragraph").filter({ hasText: "Measured" });
  await expect(line).toContainText(
    /Measured [\d.]+ GiB with QLoRA \(reserved, .*\); predicted for that metric [\d.]+\./,
  );
  const bar = page.getByRole("group", { name: /measured [\d.]+ GiB reserved$/ });
  await expect(bar).toHaveCount(1);
  await expect(barsOf(page).locator("title")).toHaveText(/^Measured [\d.]+ GiB, reserved$/);
  const measured = linkOf(page);

  await scenarioOf(page).getByRole("slider", { name: "Batch size" }).press("ArrowRight");
  await expect(line).toHaveCount(0);
  await expect(bar).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(line).toBeVisible();
  await expect(bar).toHaveCount(1);

  await expect.poll(() => linkOf(page)).toEqual(measured);
  await page.reload();
  await expect(numberOf(page, "Batch size")).toBeVisible();
  await expect(line).toHaveCount(0);
});

test("back from a run that was opened finds the scenario that was there", async ({ page, open }) => {
  await open("?v=1&batch=2&model=qwen2.5-7b#accuracy");
  await page.getByRole("dialog").getByRole("rowheader").getByRole("link").first().click();
  await expect.poll(() => linkOf(page)["model"]).not.toBe("qwen2.5-7b");
  await page.goBack();
  await expect.poll(() => linkOf(page)).toMatchObject({ model: "qwen2.5-7b", batch: "2" });
});
