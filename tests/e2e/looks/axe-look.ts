import { expect, type Page } from "@playwright/test";
import { expectNothingOfAxeInBothThemes } from "../axe.ts";
import type { Look } from "./look.ts";

/** How much wider the page is than the window, and a dialog than its box, in pixels. */
const overhang = (page: Page): Promise<number> =>
  page
    .locator("html, dialog[open]")
    .evaluateAll((all) => Math.max(...all.map((one) => one.scrollWidth - one.clientWidth)));

/** Axe finds nothing in the page, or in parts of it, and nothing is wider than its window. */
export const axeAt = (width: number, ...within: readonly string[]): Look => ({
  name: `axe finds nothing in light or dark at ${width} px, and nothing is wider than its window`,
  at: async (page) => {
    await page.setViewportSize({ width, height: 900 });
    await expect.poll(() => overhang(page)).toBeLessThanOrEqual(0);
    await expectNothingOfAxeInBothThemes(page, ...within);
  },
});
