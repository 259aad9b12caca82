import type { Locator, Page } from "@playwright/test";
import { answerOf, barsOf, listOf, numberOf, scenarioOf } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";
import { walkByTab } from "./tab-walk.ts";

test("the first Tab leads past the scenario to the answer", async ({ page, open }) => {
  await open();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the answer" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

/** Whether what has the focus looks different from what it looks like without: a ring, seen in pixels. */
const hasVisibleFocus = async (page: Page, control: Locator): Promise<boolean> => {
  await control.focus();
  await control.scrollIntoViewIfNeeded();
  const box = await control.boundingBox();
  if (box === null) return false;
  const clip = { x: box.x - 8, y: box.y - 8, width: box.width + 16, height: box.height + 16 };
  const focused = await page.screenshot({ clip, caret: "hide" });
  await control.blur();
  const blurred = await page.screenshot({ clip, caret: "hide" });
  return !focused.equals(blurred);
};

test("Tab alone comes to every control, and each shows that it has the focus", async ({ page, open }) => {
  await open();
  const scenario = scenarioOf(page);
  const controls = new Map<string, Locator>([
    ["model", listOf(page, "Model")],
    ["model size", scenario.getByRole("slider", { name: "Model size" })],
    ["GPU", listOf(page, "GPU")],
    ["batch", numberOf(page, "Batch size")],
    ["sequence", numberOf(page, "Sequence length")],
    ["rank", numberOf(page, "LoRA rank")],
    ["targets", answerOf(page, "Target modules", "All linear")],
    ["training", scenario.getByRole("button", { name: /^Training (?!for)/ })],
    ["evaluation and saving", scenario.getByRole("button", { name: /^Evaluation and saving/ })],
    ["several GPUs", scenario.getByRole("button", { name: /^Several GPUs/ })],
    ["a card", page.getByRole("region", { name: "Memory by method" }).getByRole("button").first()],
    ["the bars", page.getByRole("button", { name: /^Base weights, .* of Full/ })],
    ["copy", page.getByRole("button", { name: "Copy link" })],
  ]);
  await walkByTab(page);
  const missed: string[] = [];
  const unseen: string[] = [];
  for (const [name, control] of controls) {
    if ((await control.and(page.locator("[data-stop]")).count()) === 0) missed.push(name);
    if (!(await hasVisibleFocus(page, control))) unseen.push(name);
  }
  expect(missed, "never reached").toEqual([]);
  expect(unseen, "focus not visible").toEqual([]);
});

test("arrows step a slider to its next stop, Shift ten of them, Home and End to its ends", async ({ page, open }) => {
  await open();
  const rank = scenarioOf(page).getByRole("slider", { name: "LoRA rank" });
  await rank.focus();
  for (const [key, value] of [
    ["ArrowRight", "32"],
    ["ArrowLeft", "16"],
    ["Shift+ArrowRight", "512"],
    ["Home", "1"],
    ["End", "512"],
  ] as const) {
    await page.keyboard.press(key);
    await expect(numberOf(page, "LoRA rank")).toHaveValue(value);
  }
});

test("arrows choose among chips", async ({ page, open }) => {
  await open();
  // The chips stand in the static page and come to life with the late parts; what is pressed before that is lost.
  await page.waitForLoadState("networkidle");
  await answerOf(page, "Target modules", "All linear").focus();
  await page.keyboard.press("ArrowLeft");
  await expect(answerOf(page, "Target modules", "All linear")).not.toBeChecked();
  await expect.poll(() => linkOf(page)["targets"]).toBeDefined();
});

test("the bars are walked with arrows: parts of a method, then methods; Enter opens the formula", async ({
  page,
  open,
}) => {
  await open("?v=1&gpu=h100-sxm");
  await barsOf(page).locator("[tabindex='0']").focus();
  await expect(page.locator(":focus")).toHaveAccessibleName(/^Base weights, .* of Full/);
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(":focus")).toHaveAccessibleName(/of Full/);
  await expect(page.locator(":focus")).not.toHaveAccessibleName(/^Base weights/);
  await page.keyboard.press("ArrowDown");
  await expect(page.locator(":focus")).toHaveAccessibleName(/of LoRA/);
  const name = (await page.locator(":focus").getAttribute("aria-label")) ?? "";
  await page.keyboard.press("Enter");
  const part = name.split(",")[0] ?? "";
  await expect(page.getByRole("button", { name: new RegExp(`^${part}`), expanded: true })).toBeVisible();
});

test("a card puts its method in focus", async ({ page, open }) => {
  await open();
  const card = page.getByRole("region", { name: "Memory by method" }).getByRole("button").last();
  await card.focus();
  await page.keyboard.press("Enter");
  await expect(card).toHaveAttribute("aria-pressed", "true");
  await expect.poll(() => linkOf(page)["method"]).toBe("qlora");
});

test("the ring of a slider stands on its thumb alone", async ({ page, open }) => {
  await open();
  const batch = page.getByRole("slider", { name: "Batch" });
  await batch.press("ArrowRight");
  await expect(batch).toBeFocused();
  expect(await batch.evaluate((input) => getComputedStyle(input).outlineStyle)).toBe("none");
});
