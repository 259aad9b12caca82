import { expect } from "@playwright/test";
import type { Look } from "./look.ts";

/**
 * How wide the widest face that systems name "sans-serif" is, DejaVu Sans: of the sample below, em a character, as Chromium measures it at 100 px.
 * Verdana is as wide in regular and narrower in bold.
 */
const WIDEST = { regular: 0.511, bold: 0.574 };
const SAMPLE = "Needed on the card, GiB: 12,608,077,824 bytes of logits and loss";

/** In the page: spaces the letters of a narrower face until its text is as wide as the widest, whichever faces are installed here. */
const widen = ([widest, sample]: readonly [typeof WIDEST, string]): void => {
  const canvas = document.createElement("canvas").getContext("2d");
  if (canvas === null) throw new Error("There is no canvas to measure a text with.");
  const lacking = (weight: number, em: number): number => {
    canvas.font = `${weight} 100px ${getComputedStyle(document.documentElement).fontFamily}`;
    return Math.max(0, em - canvas.measureText(sample).width / 100 / sample.length);
  };
  const [regular, bold] = [lacking(400, widest.regular), lacking(600, widest.bold)];
  if (regular + bold < 0.005) return;
  for (const element of document.querySelectorAll<HTMLElement | SVGElement>("body *")) {
    const { fontWeight, fontFamily } = getComputedStyle(element);
    if (!fontFamily.includes("monospace"))
      element.style.letterSpacing = `${(Number(fontWeight) >= 600 ? bold : regular).toFixed(3)}em`;
  }
};

type Found = Readonly<{ cut: readonly string[]; overlapping: readonly string[] }>;

/** In the page: texts of which a part is not seen, and pairs of texts that lie over each other. */
const faults = (root: string): Found => {
  type Box = Readonly<{ left: number; top: number; right: number; bottom: number }>;
  type Text = Readonly<{ node: Node; parent: Element; box: Box }>;
  const around = document.querySelector(root) ?? document.body;
  const width = document.documentElement.clientWidth;
  /** The summary of what is folded ends in dots: what it says stands behind it. */
  const isMeantToBeCut = (element: Element): boolean =>
    element.closest("button[aria-expanded]") !== null && getComputedStyle(element).textOverflow === "ellipsis";
  const parents = (element: Element): readonly Element[] => {
    const up = element.parentElement;
    return up === null ? [] : [up, ...parents(up)];
  };
  const clipper = (element: Element): Element | null =>
    [element, ...parents(element)].find((one) => getComputedStyle(one).overflowX !== "visible") ?? null;
  const textsOf = (node: Node): readonly Text[] => {
    const parent = node.parentElement;
    if (parent === null || (node.textContent ?? "").trim() === "") return [];
    if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return [];
    if ([parent, ...parents(parent)].some((one) => getComputedStyle(one).clipPath !== "none")) return [];
    const scroller = parents(parent).find((one) => /auto|scroll/.test(getComputedStyle(one).overflowY));
    const seen = scroller?.getBoundingClientRect() ?? { top: -Infinity, bottom: Infinity };
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()]
      .filter((box) => box.width > 1 && box.top >= seen.top && box.bottom <= seen.bottom)
      .map((box) => ({ node, parent, box }));
  };
  const walker = document.createTreeWalker(around, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(...textsOf(walker.currentNode));
  const says = ({ node, parent }: Text): string =>
    `${parent.nodeName} “${(node.textContent ?? "").trim().slice(0, 60)}”`;
  const isCut = ({ parent, box }: Text): boolean => {
    if (isMeantToBeCut(parent)) return false;
    const by = clipper(parent);
    const scrolls = by !== null && /auto|scroll/.test(getComputedStyle(by).overflowX);
    const edge = by === null ? { left: 0, right: width } : by.getBoundingClientRect();
    return !scrolls && (box.right > Math.min(width, edge.right) + 1 || box.left < edge.left - 1);
  };
  /** Texts of two cells keep apart, others only do not lie over each other. In pixels. */
  const meet = (one: Text, other: Text): boolean => {
    const [cell, beside] = [one, other].map(({ parent }) => parent.closest("td, th"));
    const within = cell !== beside && cell !== null && beside !== null ? -3 : 1.5;
    const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
    return across > within && Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top) > 4;
  };
  /** What stays in place over what scrolls is no fault of the text. */
  const layer = (element: Element): Element | undefined =>
    [element, ...parents(element)].find((one) => /fixed|sticky/.test(getComputedStyle(one).position));
  const sorted = texts
    .map((text) => ({ ...text, layer: layer(text.parent) }))
    .toSorted((one, other) => one.box.top - other.box.top);
  const overlapping = sorted.flatMap((one, index) => {
    const found: string[] = [];
    for (const other of sorted.slice(index + 1)) {
      if (other.box.top > one.box.bottom) break;
      if (other.node !== one.node && other.layer === one.layer && meet(one, other))
        found.push(`${says(one)} and ${says(other)}`);
    }
    return found;
  });
  return { cut: [...new Set(texts.filter(isCut).map(says))], overlapping: [...new Set(overlapping)] };
};

/** In the page: letters stand as they did. */
const narrow = (): void => {
  for (const element of document.querySelectorAll<HTMLElement | SVGElement>("body *"))
    element.style.removeProperty("letter-spacing");
};

/** In the widest face nothing of these parts of the page is cut or lies over other text, at any of these widths. */
export const inWidestFace = (
  roots: readonly string[],
  { widths = [320, 390, 1440] }: Readonly<{ widths?: readonly number[] }> = {},
): Look => ({
  name: `in the widest face nothing of ${roots.join(", ")} is cut or lies over other text`,
  at: async (page) => {
    try {
      for (const width of widths) {
        await page.setViewportSize({ width, height: 844 });
        for (const root of roots)
          await expect(async () => {
            await page.evaluate(widen, [WIDEST, SAMPLE] as const);
            const found = await page.evaluate(faults, root);
            expect(found, `${root} at ${width} px`).toEqual({ cut: [], overlapping: [] });
          }).toPass({ timeout: 5_000 });
      }
    } finally {
      await page.evaluate(narrow);
    }
  },
});
