import { type Page, test } from "@playwright/test";
import type { View } from "./look.ts";

const HEIGHT = 900;

/** The theme that the page was opened with; null: the system's. */
const themeOf = (page: Page): Promise<string | null> =>
  page.locator("html").evaluate((root) => root.dataset["theme"] ?? null);

/** Takes back what a look changes, so that the next sees the page as this one did. */
const putBack = async (page: Page, width: number, theme: string | null): Promise<void> => {
  await page.emulateMedia({ forcedColors: null, colorScheme: "light" });
  await page.setViewportSize({ width, height: HEIGHT });
  await page.evaluate((before) => {
    const { dataset } = document.documentElement;
    if (before === null) delete dataset["theme"];
    else dataset["theme"] = before;
    scrollTo(0, 0);
  }, theme);
};

/**
 * Looks at every stage of a view that is open. A look that fails is named with its view and stage, and the other looks still follow; a stage that
 * cannot be reached is not looked at.
 */
export const lookThrough = async (page: Page, view: View): Promise<void> => {
  const failures: string[] = [];
  const isFine = async (name: string, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await test.step(name, work);
      return true;
    } catch (error) {
      failures.push(
        `${view.name}, ${name}:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      return false;
    }
  };
  const theme = await themeOf(page);
  for (const { name, width = view.width ?? 1440, reach, looks } of view.stages) {
    await putBack(page, width, theme);
    if (!(await isFine(`${name} is reached`, async () => reach?.(page)))) continue;
    for (const look of looks) {
      await isFine(`${name}: ${look.name}`, () => look.at(page));
      await putBack(page, width, theme);
    }
  }
  if (failures.length > 0) throw new Error(failures.join("\n\n"));
};
