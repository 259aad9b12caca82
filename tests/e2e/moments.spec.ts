import type { Page } from "@playwright/test";
import { PATIENT } from "./controls.ts";
import { expect, test } from "./headroom.ts";

const NO_BREAK_SPACES = /\u00a0/g;

/** Goes to the panel of the step, which is fetched when it comes near. */
const goToStep = async (page: Page): Promise<void> => {
  await page.getByRole("heading", { name: /^Moment of the peak/ }).scrollIntoViewIfNeeded();
  await expect(page.getByRole("slider", { name: "Point of the training step" })).toBeVisible(PATIENT);
};

const closedLine = (page: Page): ReturnType<Page["getByRole"]> =>
  page.locator("#moments").getByRole("button", { name: /^What is alive at the peak/ });

test("the list of what is alive opens, names tensors with shape and layers, and sums to the peak to the byte", async ({
  page,
  open,
}) => {
  await open();
  await goToStep(page);
  const peak = (/[\d,]+.B/.exec(await closedLine(page).innerText())?.[0] ?? "").replaceAll(NO_BREAK_SPACES, " ");
  await closedLine(page).click();
  const list = page.getByRole("table").filter({ hasText: "Sum of all rows" });
  await expect(list.getByRole("rowheader", { name: /^mlp\.gate_proj\.weight Base weights/ })).toContainText(
    "32 × [14336, 4096] bf16, layers 0–31",
  );
  await page.getByRole("button", { name: /^Show all \d+ rows/ }).click();
  const texts = await list.locator("tbody").getByRole("rowheader").allInnerTexts();
  const bytes = texts.map((text) => Number(/= ([\d,]+)\sB/.exec(text)?.[1]?.replaceAll(",", "")));
  const sum = bytes.reduce((total, each) => total + each, 0);
  expect(`${sum.toLocaleString("en-US")} B`).toBe(peak);
  await expect(list.getByRole("rowheader", { name: /^Sum of all rows/ })).toContainText(peak);
});

test("arrow keys walk the step, and pointing at it shows where it is", async ({ page, open }) => {
  await open();
  await goToStep(page);
  const point = page.getByRole("slider", { name: "Point of the training step" });
  await point.focus();
  await point.press("Home");
  await expect(point).toHaveAttribute("aria-valuetext", /^start of forward, /);
  for (let step = 0; step < 3; step++) await point.press("ArrowRight");
  await expect(point).toHaveAttribute("aria-valuetext", /^forward, layer 1 of 32, \d/);
  await point.blur();
  await expect(point).toHaveAttribute("aria-valuetext", /^Peak: /);
  const box = await point.boundingBox();
  if (box === null) throw new Error("The step has no place on the page.");
  await page.mouse.move(box.x + box.width - 8, box.y + box.height / 2);
  await expect(page.getByText("After zero_grad")).toBeVisible();
  await page.mouse.click(box.x + box.width / 4, box.y + box.height / 2);
  await expect(point).toHaveAttribute("aria-valuetext", /^forward, layer \d+ of 32/);
});

test("the panel keeps its height when chart and list come, and is as wide as the window on a phone", async ({
  page,
  open,
}) => {
  for (const viewport of [
    { width: 1440, height: 400 },
    { width: 390, height: 400 },
  ]) {
    await page.setViewportSize(viewport);
    await open();
    const panel = page.getByRole("region", { name: /^Moment of the peak/ });
    const height = async (): Promise<number> => (await panel.boundingBox())?.height ?? 0;
    const before = await height();
    await expect(closedLine(page)).toHaveCount(0);
    await goToStep(page);
    await expect(closedLine(page)).toBeVisible();
    expect(Math.abs((await height()) - before)).toBeLessThanOrEqual(2);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  }
});
