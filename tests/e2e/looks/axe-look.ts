import { expect } from "@playwright/test";
import { expectNothingOfAxeInBothThemes } from "../axe.ts";
import type { Look } from "./look.ts";
import { overhang } from "./sideways.ts";

/** Axe finds nothing in the page, or in parts of it, and nothing is wider than its window. */
export const axeAt = (width: number, ...within: readonly string[]): Look => ({
  name: `axe finds nothing in light or dark at ${width} px, and nothing is wider than its window`,
  at: async (page) => {
    await page.setViewportSize({ width, height: 900 });
    await expect.poll(() => overhang(page)).toBeLessThanOrEqual(0);
    await expectNothingOfAxeInBothThemes(page, ...within);
  },
});
