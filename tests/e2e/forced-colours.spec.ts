import type { Locator, Page } from "@playwright/test";
import { answerOf, barsOf, listOf, loadEveryPanel, numberOf, scenarioOf, unfold } from "./controls.ts";
import { expect, test } from "./headroom.ts";

// Nothing is looked at halfway from one colour to another.
test.use({ forcedColors: "active", contextOptions: { reducedMotion: "reduce" } });

const LOOK = ["background-color", "color", "border-left-color", "border-left-width", "outline-style", "outline-color"];

type Look = Readonly<Record<string, string>>;

const lookOf = (element: Locator): Promise<Look> =>
  element.evaluate((node, properties) => {
    const style = getComputedStyle(node);
    return Object.fromEntries(properties.map((property) => [property, style.getPropertyValue(property)]));
  }, LOOK);

/** A system colour as this browser paints it. */
const systemColour = (page: Page, name: "Highlight" | "HighlightText" | "CanvasText" | "Canvas"): Promise<string> =>
  page.evaluate((colour) => {
    const probe = document.createElement("i");
    probe.style.color = colour;
    probe.style.setProperty("forced-color-adjust", "none");
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }, name);

/** The chip or segment around its input. */
const around = (input: Locator): Locator => input.locator("xpath=..");

/** Looks at one load of the page in both of the reader's palettes. */
const inBothSchemes = async (page: Page, look: () => Promise<void>): Promise<void> => {
  for (const colorScheme of ["light", "dark"] as const)
    await test.step(colorScheme, async () => {
      await page.emulateMedia({ colorScheme });
      await look();
    });
};

test("in the reader's own colours, light or dark, what is chosen on the page is told from what is not", async ({
  page,
  open,
}) => {
  await open("?v=1&batch=4");
  await loadEveryPanel(page);
  await unfold(page);
  await inBothSchemes(page, async () => {
    await test.step("chips, segments and what may be given are filled where they are chosen", async () => {
      const filled = {
        "background-color": await systemColour(page, "Highlight"),
        color: await systemColour(page, "HighlightText"),
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
    });
    await test.step("the card in focus has an outline, the open factor too, and the chosen column lines of its own", async () => {
      const highlight = await systemColour(page, "Highlight");
      const cards = page.getByRole("region", { name: "Memory by method" });
      const outlined = { "outline-style": "solid", "outline-color": highlight };
      expect(await lookOf(cards.locator("[aria-pressed=true]"))).toMatchObject(outlined);
      expect((await lookOf(cards.locator("[aria-pressed=false]").first()))["outline-style"]).toBe("none");
      await page.locator("#computed").scrollIntoViewIfNeeded();
      const factors = page.locator("#computed button[aria-expanded]:has(strong)");
      expect(await lookOf(factors.and(page.locator("[aria-expanded=true]")).first())).toMatchObject(outlined);
      const heading = page.locator("#fits th").filter({ has: page.locator("[aria-pressed=true]") });
      expect(await lookOf(heading)).toMatchObject({ "border-left-color": highlight, "border-left-width": "3px" });
    });
    await test.step("a switch shows whether it is on", async () => {
      const highlight = await systemColour(page, "Highlight");
      const switches = scenarioOf(page).locator("input[type=checkbox]:not([value])");
      await expect(switches.and(page.locator(":checked")).first()).toHaveCSS("background-color", highlight);
      await expect(switches.and(page.locator(":not(:checked)")).first()).not.toHaveCSS("background-color", highlight);
      const thumb = switches.and(page.locator(":not(:checked)")).first();
      const thumbColour = await thumb.evaluate((input) => getComputedStyle(input, "::after").backgroundColor);
      expect(thumbColour).toBe(await systemColour(page, "CanvasText"));
    });
  });
});

test("so are the row that is looked at in a list and the chosen one, the chosen line, and what a slider has passed", async ({
  page,
  open,
}) => {
  await open("?v=1&gpu=h100-sxm");
  await inBothSchemes(page, async () => {
    await test.step("the chosen line and a slider's track are the text's colour, and segments keep theirs", async () => {
      const [text, canvas] = [await systemColour(page, "CanvasText"), await systemColour(page, "Canvas")];
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
    });
  });
  await listOf(page, "GPU").click();
  await expect(page.getByRole("combobox", { name: "GPU" })).toBeFocused();
  await expect(page.getByRole("option").first()).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await inBothSchemes(page, async () => {
    await test.step("the row that is looked at in a list is filled, and the chosen one outlined", async () => {
      const highlight = await systemColour(page, "Highlight");
      const rows = page.getByRole("option");
      await expect(rows.and(page.locator("[data-highlighted]"))).toHaveCSS("background-color", highlight);
      await expect(rows.and(page.locator("[data-selected]"))).toHaveCSS("outline-style", "solid");
      await expect(rows.and(page.locator(":not([data-highlighted], [data-selected])")).first()).toHaveCSS(
        "outline-style",
        "none",
      );
    });
  });
});
