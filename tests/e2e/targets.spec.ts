import type { Page } from "@playwright/test";
import { loadEveryPanel, openBox, scenarioOf, unfold } from "./controls.ts";
import { expect, test } from "./headroom.ts";
import { LLAMA_FACTORY } from "./training-files.ts";

/** Opens what is folded in the answer, so that all that can be pressed is there. */
const openAnswer = async (page: Page): Promise<void> => {
  await loadEveryPanel(page);
  await page
    .locator(":is(#changes, #moments, #computed, #guide) button[aria-expanded=false]")
    .evaluateAll((all) => all.map((one) => (one as HTMLElement).click()));
  await page.locator("details").evaluateAll((all) => all.map((one) => one.setAttribute("open", "")));
  await page.waitForLoadState("networkidle");
};

/**
 * What can be pressed in less than so many pixels, measured by what is hit. Links in sentences may be as high as their line; parts of the bars are as long as what
 * they show, and stand in a table too; so do points of a chart, which is not there for those who hear the page.
 */
const tooSmall = (page: Page, room: string, least: number): Promise<readonly string[]> =>
  page.evaluate(
    ([selector, size]) => {
      const root = document.querySelector(selector) ?? document.body;
      const isInSentence = (element: Element): boolean => {
        const around = element.parentElement?.closest("p, li, dd, span, caption, figcaption")?.textContent ?? "";
        const isInline = getComputedStyle(element).display.startsWith("inline");
        return isInline && element.matches("a, button") && around.length > element.textContent.length + 3;
      };
      const extent = (element: HTMLElement): Readonly<{ width: number; height: number }> => {
        const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
        // A file is chosen by its label; the field itself is not seen.
        const seen = element.matches("[type=file]") ? (labels[0] ?? element) : element;
        seen.scrollIntoView({ block: "center", inline: "center" });
        const box = seen.getBoundingClientRect();
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        const isHit = (dx: number, dy: number): boolean => {
          const hit = document.elementFromPoint(x + dx, y + dy);
          return hit !== null && [element, ...labels].some((one) => one.contains(hit));
        };
        const reach = (dx: number, dy: number): number => {
          let pixels = 0;
          while (pixels < size && isHit(dx * (pixels + 1), dy * (pixels + 1))) pixels += 1;
          return pixels;
        };
        return { width: reach(1, 0) + reach(-1, 0) + 1, height: reach(0, 1) + reach(0, -1) + 1 };
      };
      return [...root.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary")]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .filter((element) => !element.matches(":disabled, [aria-hidden=true] *, [inert] *") && !isInSentence(element))
        .flatMap((element) => {
          const { width, height } = extent(element);
          return width < size || height < size ? [`${width} × ${height}: ${element.outerHTML.slice(0, 200)}`] : [];
        });
    },
    [room, least] as const,
  );

/** All that can be pressed in the box: while it is empty, with a text in it, and with what was read. */
const expectBox = async (page: Page, least: number): Promise<void> => {
  const { box, field } = await openBox(page);
  expect(await tooSmall(page, "dialog", least), "empty").toEqual([]);
  await field.fill(LLAMA_FACTORY);
  expect(await tooSmall(page, "dialog", least), "with a text").toEqual([]);
  await box.getByRole("button", { name: "Read", exact: true }).click();
  await expect(box.getByRole("button", { name: "Undo" })).toBeVisible();
  expect(await tooSmall(page, "dialog", least), "read").toEqual([]);
};

const LINK = "?v=1&model=llama-3.1-8b&gpu=rtx-4090&batch=4&seq=4096&b=seq:8192";
const PAGES = ["#accuracy", "#article", "#choose", "#minimum-gpus"];

// What still opens is not yet as high as it will be.
test.use({ contextOptions: { reducedMotion: "reduce" } });

test("with a mouse everything is at least 24 px wide and high", async ({ page, open }) => {
  await open(LINK);
  await openAnswer(page);
  await unfold(page);
  for (const room of ["header", "aside", "main"]) expect(await tooSmall(page, room, 24), room).toEqual([]);
});

test("with a mouse everything is so on the pages over the page", async ({ page, open }) => {
  for (const anchor of PAGES) {
    await open(`?v=1${anchor}`);
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.waitForLoadState("networkidle");
    expect(await tooSmall(page, "dialog", 24), anchor).toEqual([]);
  }
});

test("with a mouse everything is so in the box", async ({ page, open }) => {
  await open();
  await expectBox(page, 24);
});

test.describe("with a finger", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("everything is at least 44 px wide and high", async ({ page, open }) => {
    await open(LINK);
    await openAnswer(page);
    expect(await tooSmall(page, "main", 44)).toEqual([]);
    await page.getByRole("button", { name: "Change scenario" }).click();
    await unfold(page);
    await expect(scenarioOf(page)).toBeVisible();
    expect(await tooSmall(page, "aside", 44)).toEqual([]);
  });

  test("everything is so in the box", async ({ page, open }) => {
    await open();
    await page.getByRole("button", { name: "Change scenario" }).click();
    await expectBox(page, 44);
  });

  test("everything is so on the pages over the page", async ({ page, open }) => {
    for (const anchor of PAGES) {
      await open(`?v=1${anchor}`);
      await expect(page.getByRole("dialog")).toBeVisible();
      await page.waitForLoadState("networkidle");
      expect(await tooSmall(page, "dialog", 44), anchor).toEqual([]);
    }
  });
});
