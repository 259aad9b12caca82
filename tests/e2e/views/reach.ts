import { expect, type Locator, type Page } from "@playwright/test";
import { loadEveryPanel, PATIENT, unfold } from "../controls.ts";

/** Opens all details, so that what is in them is a stop of Tab. */
const openDetails = (page: Page): Promise<unknown> =>
  page.locator("details").evaluateAll((all) => all.map((one) => one.setAttribute("open", "")));

/** Every panel, every section of the scenario, all details. */
export const openSections = async (page: Page): Promise<void> => {
  await loadEveryPanel(page);
  await unfold(page);
  await openDetails(page);
};

/** What is folded in the answer where each part is looked at by itself: not every GPU of the catalog. */
export const openAnswer = async (page: Page): Promise<void> => {
  await page
    .locator(":is(#changes, #moments, #computed, #guide) button[aria-expanded=false]")
    .evaluateAll((all) => all.map((one) => (one as HTMLElement).click()));
  await openDetails(page);
  await page.waitForLoadState("networkidle");
  await expect(page.locator("main [aria-busy=true]")).toHaveCount(0, PATIENT);
};

/** Every panel and section, and all that is folded in the answer, also what comes when something else is opened. */
export const openAll = async (page: Page): Promise<void> => {
  await openSections(page);
  for (let round = 0; round < 3; round += 1) {
    const closed = page.locator("main button[aria-expanded=false]:not([aria-haspopup])");
    await closed.evaluateAll((all) => all.map((one) => (one as HTMLElement).click()));
    await openDetails(page);
    await page.waitForLoadState("networkidle");
    // Every GPU of the catalog by three methods is among it.
    await expect(page.locator("main [aria-busy=true]")).toHaveCount(0, PATIENT);
  }
};

/** On a phone, the sheet of the scenario. */
export const openSheet = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Change scenario" }).click();
  await unfold(page);
  await expect(page.getByRole("button", { name: "Done" })).toBeVisible();
};

/** Closes what lies over the page. */
export const escape = async (page: Page): Promise<void> => {
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
};

/** A page over the page is there when its last part is. */
export const dialogWith =
  (name: string, last: (dialog: Locator) => Locator) =>
  async (page: Page): Promise<void> => {
    await expect(last(page.getByRole("dialog", { name }))).toBeVisible();
    await page.waitForLoadState("networkidle");
  };
