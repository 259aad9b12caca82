import { expect, type Page } from "@playwright/test";
import type { Look } from "./look.ts";

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

/** In pixels. */
const FOR_A_MOUSE = 24;
const FOR_A_FINGER = 44;

/** With a mouse, everything in these parts of the page is large enough. */
export const forMouse = (...rooms: readonly string[]): Look => ({
  name: `with a mouse everything in ${rooms.join(", ")} is at least ${FOR_A_MOUSE} px wide and high`,
  at: async (page) => {
    for (const room of rooms) expect(await tooSmall(page, room, FOR_A_MOUSE), room).toEqual([]);
  },
});

/** With a finger, on a phone, everything in these parts of the page is large enough. */
export const forFinger = (...rooms: readonly string[]): Look => ({
  name: `with a finger everything in ${rooms.join(", ")} is at least ${FOR_A_FINGER} px wide and high`,
  at: async (page) => {
    await page.setViewportSize({ width: 390, height: 844 });
    const client = await page.context().newCDPSession(page);
    await client.send("Emulation.setTouchEmulationEnabled", { enabled: true });
    try {
      expect(await page.evaluate(() => matchMedia("(pointer: coarse)").matches)).toBe(true);
      for (const room of rooms) expect(await tooSmall(page, room, FOR_A_FINGER), room).toEqual([]);
    } finally {
      await client.detach();
    }
  },
});
