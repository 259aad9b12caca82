import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** The rules that colours alone can break: a theme changes nothing else. */
const RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** No rule may be broken; so many must hold, or nothing was looked at. */
const LEAST_RULES = 8;

/** Frames are another page, which is looked at where it stands alone: axe need not come together from several. */
const axeOf = (page: Page, within: readonly string[]): AxeBuilder =>
  within
    .reduce((axe, selector) => axe.include(selector), new AxeBuilder({ page }))
    .exclude("iframe")
    .setLegacyMode()
    .options({ resultTypes: ["violations"] });

const expectNothing = async (axe: AxeBuilder, { what, least }: Readonly<{ what: string; least: number }>) => {
  const { violations, passes } = await axe.analyze();
  expect(passes.length, `rules that ${what} keeps`).toBeGreaterThanOrEqual(least);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  expect(found, what).toEqual([]);
};

/** Axe finds nothing in the page, or in parts of it, in the theme that is painted. */
export const expectNothingOfAxe = (page: Page, ...within: readonly string[]): Promise<void> =>
  expectNothing(axeOf(page, within), { what: within.join(", ") || "the page", least: LEAST_RULES });

/** The same in both themes, with one load of the page. Nothing moves meanwhile: halfway from one theme to the other a button's ground is neither's. */
export const expectNothingOfAxeInBothThemes = async (page: Page, ...within: readonly string[]): Promise<void> => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const root = page.locator("html");
  await root.evaluate((element) => (element.dataset["theme"] = "light"));
  await expectNothingOfAxe(page, ...within);
  await root.evaluate((element) => (element.dataset["theme"] = "dark"));
  const colours = axeOf(page, within).options({
    resultTypes: ["violations"],
    runOnly: { type: "rule", values: RULES_OF_COLOURS },
  });
  await expectNothing(colours, { what: `${within.join(", ") || "the page"} in dark`, least: 1 });
};
