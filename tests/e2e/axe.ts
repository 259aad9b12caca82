import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

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

type Looked = Readonly<{ page: Page; within: readonly string[]; theme: "light" | "dark"; least: number }>;

/** The page, or the parts of it, in the report of the run (`tools/report/accessibility.mjs`). */
const note = ({ page, within, theme }: Looked, found: Readonly<{ rules: number; violations: number }>): void => {
  const width = page.viewportSize()?.width ?? 0;
  const description = JSON.stringify({ within: within.join(", "), theme, width, ...found });
  test.info().annotations.push({ type: "axe", description });
};

const expectNothing = async (axe: AxeBuilder, looked: Looked): Promise<void> => {
  const { violations, passes } = await axe.analyze();
  note(looked, { rules: passes.length, violations: violations.length });
  const what = `${looked.within.join(", ") || "the page"} in ${looked.theme}`;
  const { least } = looked;
  expect(passes.length, `rules that ${what} keeps`).toBeGreaterThanOrEqual(least);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  expect(found, what).toEqual([]);
};

/** The theme that is painted: the one that was chosen, or the system's. */
const paintedTheme = (page: Page): Promise<"light" | "dark"> =>
  page.locator("html").evaluate((root) => {
    const { theme } = root.dataset;
    if (theme === "light" || theme === "dark") return theme;
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  });

/** Axe finds nothing in the page, or in parts of it, in the theme that is painted. */
export const expectNothingOfAxe = async (page: Page, ...within: readonly string[]): Promise<void> =>
  expectNothing(axeOf(page, within), { page, within, theme: await paintedTheme(page), least: LEAST_RULES });

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
  await expectNothing(colours, { page, within, theme: "dark", least: 1 });
};
