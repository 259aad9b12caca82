import { expect, type Page } from "@playwright/test";
import type { Look } from "./look.ts";

/** How much wider the page is than the window, and a dialog than its box, in pixels. */
export const overhang = (page: Page): Promise<number> =>
  page
    .locator("html, dialog[open]")
    .evaluateAll((all) => Math.max(...all.map((one) => one.scrollWidth - one.clientWidth)));

/** What stands outside of the window though nothing scrolls it into sight, by its text. */
const cutOff = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const isScrolled = (element: Element | null): boolean =>
      element !== null && (getComputedStyle(element).overflowX !== "visible" || isScrolled(element.parentElement));
    return [...document.querySelectorAll("main *, header *, aside *")]
      .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .filter((element) => !(element instanceof SVGElement) && !isScrolled(element.parentElement))
      .map(({ textContent }) => textContent);
  });

/** Controls of the sweep that stand less than 8 px beside each other, by what they are. */
const crowded = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const controls = [...document.querySelectorAll("#sweep fieldset > :last-child, #sweep select")];
    const boxes = controls.map((control) => ({ name: control.nodeName, box: control.getBoundingClientRect() }));
    return boxes.flatMap(({ name, box }, index) =>
      boxes
        .slice(index + 1)
        .filter(({ box: other }) => box.top < other.bottom && other.top < box.bottom)
        .filter(({ box: other }) => box.right + 8 > other.left && other.right + 8 > box.left)
        .map((other) => `${name} ${other.name}`),
    );
  });

const WIDTHS = [1440, 1280, 1024, 768, 390, 320];

/** Nothing scrolls sideways, is cut off or crowded, at any of these widths. */
export const sideways = (...widths: readonly number[]): Look => ({
  name: "nothing scrolls sideways or is cut off",
  at: async (page) => {
    for (const width of widths.length > 0 ? widths : WIDTHS) {
      await page.setViewportSize({ width, height: 844 });
      await expect(async () => {
        expect([await overhang(page), ...(await cutOff(page)), ...(await crowded(page))], `at ${width} px`).toEqual([
          0,
        ]);
      }).toPass({ timeout: 5_000 });
    }
  },
});

/** What nvidia-smi may show is not cut in a card, at any width. */
export const WHOLE_FIGURES: Look = {
  name: "what nvidia-smi may show is not cut in a card, at any width",
  at: async (page) => {
    const lines = page.getByRole("region", { name: "Memory by method" }).getByText(/up to [\d.]+$/);
    await expect(lines).toHaveCount(2);
    for (const width of [1440, 1280, 1120, 1080, 1024, 960, 900, 768, 640, 390, 320]) {
      await page.setViewportSize({ width, height: 900 });
      const cut = await lines.evaluateAll((all) =>
        all.filter((line) => line.scrollWidth > line.clientWidth + 1).map(({ textContent }) => textContent),
      );
      expect({ width, cut }).toEqual({ width, cut: [] });
    }
  },
};
