import { expect, type Page, test } from "@playwright/test";
import { listOf } from "../controls.ts";
import { type Stop, walkByTab } from "../tab-walk.ts";
import type { Look } from "./look.ts";

/** WCAG 2.2, 1.4.11: what tells where the focus is. */
const LEAST_CONTRAST = 3;

/** All stops must have a role, a name, and a ring that stands out. */
const expectStops = (stops: readonly Stop[], least: number): void => {
  const nameless = stops.filter(({ heard }) => !/^(?!generic|none|group)\S+ ./.test(heard));
  expect(nameless, "without a role or a name").toEqual([]);
  const ringless = stops.filter(({ ring }) => ring < LEAST_CONTRAST);
  expect(ringless, "without a ring that stands out").toEqual([]);
  expect(stops.length).toBeGreaterThanOrEqual(least);
};

const setTheme = (page: Page, theme: "light" | "dark"): Promise<unknown> =>
  page.locator("html").evaluate((root, to) => (root.dataset["theme"] = to), theme);

/** The stops of a part in both themes. */
const expectInBothThemes = async (page: Page, least: number, walk: () => Promise<readonly Stop[]>): Promise<void> => {
  for (const theme of ["light", "dark"] as const)
    await test.step(theme, async () => {
      await setTheme(page, theme);
      expectStops(await walk(), least);
    });
};

/** Each stop of a walk by Tab has a role, a name and a ring. There are at least so many. */
export const tabStops = (
  least: number,
  walk: (page: Page) => Promise<readonly Stop[]> = (page) => walkByTab(page),
  what = "",
): Look => ({
  name: `each tab stop${what} has a role, a name and a ring`,
  at: (page) => expectInBothThemes(page, least, () => walk(page)),
});

/** The same from the page's first link on. */
export const tabStopsOfPage = (least: number): Look =>
  tabStops(least, async (page) => {
    await page.getByRole("link", { name: "Skip to the answer" }).focus();
    return walkByTab(page);
  });

/** The same of a list of the scenario, which a key opens, and which closes behind the walk. */
export const tabStopsOfList = (label: "Model" | "GPU"): Look =>
  tabStops(
    1,
    async (page) => {
      const stops = await walkByTab(page, {
        within: "[role=dialog]",
        enter: async () => {
          await listOf(page, label).press("Enter");
          await expect(page.getByRole("combobox", { name: `Search: ${label}` })).toBeFocused();
        },
      });
      await expect(page.getByRole("dialog")).toHaveCount(0);
      return stops;
    },
    ` of the open list of ${label}s`,
  );

/** The same of a list in the header, which a button opens and Escape closes. */
export const tabStopsOfHeader = (button: "Menu" | "Sections", least: number): Look =>
  tabStops(least, async (page) => {
    const list = page.getByRole("navigation", { name: "Sections" });
    await page.getByRole("button", { name: button }).press("Enter");
    await expect(list.getByRole(button === "Menu" ? "button" : "link").last()).toBeVisible();
    const stops = await walkByTab(page, { within: "nav" });
    await page.keyboard.press("Escape");
    await expect(list).toBeHidden();
    return stops;
  });
