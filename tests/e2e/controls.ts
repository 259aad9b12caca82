import { expect, type Locator, type Page } from "@playwright/test";
import { LATE_PARTS, WAITING } from "../late-parts.ts";

/** How long loading and the engine's long work may take on a busy machine, in milliseconds. What is there or is not fails sooner (`playwright.config.ts`). */
export const PATIENT = { timeout: 90_000 };

/** The column (on a phone the sheet) that holds the controls. */
export const scenarioOf = (page: Page): Locator => page.getByRole("complementary", { name: "Scenario" });

/** Opens every section of the scenario, so that all of its controls are on the page. */
export const unfold = async (page: Page): Promise<void> => {
  await expect(scenarioOf(page).getByRole("button", { name: /^Memory already in use/ })).toBeVisible();
  const sections = scenarioOf(page).locator("button[aria-expanded=false]:not([aria-haspopup]):visible");
  for (let left = await sections.count(); left > 0; left--) await sections.nth(left - 1).click();
  await expect(scenarioOf(page).getByRole("spinbutton", { name: "Alpha" })).toBeVisible();
};

/** The field of a number, beside its slider where it has one. */
export const numberOf = (page: Page, label: string): Locator =>
  scenarioOf(page).getByRole("spinbutton", { name: label, exact: true });

/** One of several answers: a chip or a segment under its question. */
export const answerOf = (page: Page, question: string, answer: string): Locator =>
  scenarioOf(page).getByRole("group", { name: question, exact: true }).getByLabel(answer, { exact: true });

/** Opens the box that takes files, texts and ids; it is the dialog, and its field. */
export const openBox = async (page: Page): Promise<Readonly<{ box: Locator; field: Locator }>> => {
  await scenarioOf(page)
    .getByRole("button", { name: /^Paste or drop/ })
    .click();
  const box = page.getByRole("dialog");
  const field = box.getByRole("textbox");
  await expect(field).toBeVisible();
  return { box, field };
};

/** The closed list of models or GPUs. */
export const listOf = (page: Page, label: "Model" | "GPU"): Locator =>
  page.getByRole("button", { name: new RegExp(`^${label}\\b`) });

/** The drawing: each part of each method's bar is a button in it. */
export const barsOf = (page: Page): Locator => page.getByRole("toolbar", { name: /^Memory on the card by method/ });

/** Everything on the page that says what comes out: the verdict, the cards, and the bars in words. */
export const answerText = async (page: Page): Promise<Readonly<{ verdict: string; cards: string; bars: string }>> => ({
  // The heading, not the whole region: what is read aloud there follows later.
  verdict: await page.getByRole("heading", { level: 1 }).innerText(),
  cards: await page.getByRole("region", { name: "Memory by method" }).innerText(),
  bars: (await barsOf(page).getAttribute("aria-label")) ?? "",
});

/** In the page: scrolls to what is not there yet, frame by frame, until everything is. */
const scrollToEach = async ([parts, waiting]: readonly [readonly string[], string]): Promise<void> => {
  const end = performance.now() + 100_000;
  for (;;) {
    const missing = parts.find((part) => document.querySelector(part) === null);
    if (missing === undefined && document.querySelector(waiting) === null) break;
    if (performance.now() > end) throw new Error(`Never there: ${missing ?? "the end of what is waited for"}`);
    if (missing !== undefined) document.querySelector(missing.split(" ")[0] ?? missing)?.scrollIntoView();
    await new Promise(requestAnimationFrame);
  }
  scrollTo(0, 0);
};

/** Goes down the page until every panel is there. */
export const loadEveryPanel = async (page: Page): Promise<void> => {
  await page.evaluate(scrollToEach, [LATE_PARTS, WAITING] as const);
  // All cards, and the code of other libraries, come now, and what is asked of the engine is asked anew.
  await page.waitForLoadState("networkidle");
  await expect(page.locator(WAITING)).toHaveCount(0, PATIENT);
};
