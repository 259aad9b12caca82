import { expect, type Locator, type Page, test } from "@playwright/test";
import { answerOf, barsOf, numberOf, scenarioOf } from "../controls.ts";
import type { Look } from "./look.ts";

const PROPERTIES = [
  "background-color",
  "color",
  "border-left-color",
  "border-left-width",
  "outline-style",
  "outline-color",
];

type Painted = Readonly<Record<string, string>>;

const lookOf = (element: Locator): Promise<Painted> =>
  element.evaluate((node, properties) => {
    const style = getComputedStyle(node);
    return Object.fromEntries(properties.map((property) => [property, style.getPropertyValue(property)]));
  }, PROPERTIES);

/** A system color as this browser paints it. */
const systemColor = (page: Page, name: "Highlight" | "HighlightText" | "CanvasText" | "Canvas"): Promise<string> =>
  page.evaluate((keyword) => {
    const probe = document.createElement("i");
    probe.style.color = keyword;
    probe.style.setProperty("forced-color-adjust", "none");
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }, name);

/** The chip or segment around its input. */
const around = (input: Locator): Locator => input.locator("xpath=..");

/** Looks at one state of the page in both of the reader's palettes. */
const inReadersColors = (name: string, look: (page: Page) => Promise<void>): Look => ({
  name: `in the reader's own colors, light or dark, ${name}`,
  at: async (page) => {
    for (const colorScheme of ["light", "dark"] as const)
      await test.step(colorScheme, async () => {
        await page.emulateMedia({ forcedColors: "active", colorScheme });
        await look(page);
      });
  },
});

const FILLED: Look = inReadersColors(
  "chips, segments and what may be given are filled where they are chosen",
  async (page) => {
    const filled = {
      "background-color": await systemColor(page, "Highlight"),
      color: await systemColor(page, "HighlightText"),
    };
    const pairs = [
      [answerOf(page, "Target modules", "All linear"), answerOf(page, "Target modules", "q, v")],
      [page.locator("#sweep input[type=radio]:checked"), page.locator("#sweep input[type=radio]:not(:checked)")],
    ] as const;
    for (const [chosen, other] of pairs) {
      expect(await lookOf(around(chosen.first()))).toMatchObject(filled);
      expect((await lookOf(around(other.first())))["background-color"]).not.toBe(filled["background-color"]);
    }
    const cells = page.locator("#changes label:has(input[type=radio])");
    const cell = cells.filter({ has: page.locator(":checked") }).first();
    expect((await lookOf(cell))["background-color"]).toBe(filled["background-color"]);
  },
);

const OUTLINED: Look = inReadersColors(
  "the card in focus has an outline, the open factor too, and the chosen column lines of its own",
  async (page) => {
    const highlight = await systemColor(page, "Highlight");
    const cards = page.getByRole("region", { name: "Memory by method" });
    const outlined = { "outline-style": "solid", "outline-color": highlight };
    expect(await lookOf(cards.locator("[aria-pressed=true]"))).toMatchObject(outlined);
    expect((await lookOf(cards.locator("[aria-pressed=false]").first()))["outline-style"]).toBe("none");
    await page.locator("#computed").scrollIntoViewIfNeeded();
    const factors = page.locator("#computed button[aria-expanded]:has(strong)");
    expect(await lookOf(factors.and(page.locator("[aria-expanded=true]")).first())).toMatchObject(outlined);
    const heading = page.locator("#fits th").filter({ has: page.locator("[aria-pressed=true]") });
    expect(await lookOf(heading)).toMatchObject({ "border-left-color": highlight, "border-left-width": "3px" });
  },
);

const SWITCHES: Look = inReadersColors("a switch shows whether it is on", async (page) => {
  const highlight = await systemColor(page, "Highlight");
  const switches = scenarioOf(page).locator("input[type=checkbox]:not([value])");
  await expect(switches.and(page.locator(":checked")).first()).toHaveCSS("background-color", highlight);
  await expect(switches.and(page.locator(":not(:checked)")).first()).not.toHaveCSS("background-color", highlight);
  const thumb = switches.and(page.locator(":not(:checked)")).first();
  const thumbColor = await thumb.evaluate((input) => getComputedStyle(input, "::after").backgroundColor);
  expect(thumbColor).toBe(await systemColor(page, "CanvasText"));
});

export const LINES: Look = inReadersColors(
  "the chosen line and a slider's track are the text's color, and segments keep theirs",
  async (page) => {
    const [text, canvas] = [await systemColor(page, "CanvasText"), await systemColor(page, "Canvas")];
    const fills = await barsOf(page)
      .locator("rect")
      .evaluateAll((all) => [...new Set(all.map((rect) => getComputedStyle(rect).fill))]);
    expect(fills).toContain(text);
    expect(fills.filter((fill) => ![text, canvas].includes(fill)).length).toBeGreaterThanOrEqual(5);
    const slider = scenarioOf(page).getByRole("slider", { name: "LoRA rank" });
    const track = await slider
      .locator("xpath=..")
      .locator("svg *")
      .evaluateAll((all) => [...new Set(all.map((part) => getComputedStyle(part).fill))]);
    expect(track).toContain(text);
    expect(track.length).toBeGreaterThan(1);
    await numberOf(page, "LoRA rank").focus();
    await expect(numberOf(page, "LoRA rank")).toHaveCSS("outline-style", "solid");
  },
);

export const ROWS: Look = inReadersColors(
  "the row that is looked at in a list is filled, and the chosen one outlined",
  async (page) => {
    const highlight = await systemColor(page, "Highlight");
    const rows = page.getByRole("option");
    await expect(rows.and(page.locator("[data-highlighted]"))).toHaveCSS("background-color", highlight);
    await expect(rows.and(page.locator("[data-selected]"))).toHaveCSS("outline-style", "solid");
    await expect(rows.and(page.locator(":not([data-highlighted], [data-selected])")).first()).toHaveCSS(
      "outline-style",
      "none",
    );
  },
);

/** Of the page with every panel and every section of the scenario. */
export const CHOSEN: readonly Look[] = [FILLED, OUTLINED, SWITCHES];
