import { type CDPSession, type Page, test } from "@playwright/test";

/** A stop of a walk by Tab. */
export type Stop = Readonly<{
  /** What those who hear the page are told of it: role and name. */
  heard: string;
  /** The contrast of its ring to what that is painted on; 0: it has no ring. */
  ring: number;
  html: string;
}>;

type Seen = Omit<Stop, "heard">;
type Walk = { readonly seen: Seen[]; isOver: boolean };

/** More than the longest page has. */
const MOST_PRESSES = 800;
/** Sent to the browser at once. */
const PRESSES_TOGETHER = 8;

/**
 * In the page: marks what comes into focus, in its order, and looks for its ring in the same moment. The walk is over when it comes to a stop once more, or
 * leaves the part that it is to stay within.
 */
const watchFocus = (within: string): void => {
  const walk: Walk = { seen: [], isOver: false };
  Object.assign(globalThis, { walk });

  const channels = (colour: string): readonly number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const isSeen = (colour: string): boolean => (channels(colour)[3] ?? 1) > 0.99;
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = channels(colour)
      .map((channel) => channel / 255)
      .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (colour: string, other: string): number => {
    const [dark = 0, light = 0] = [luminance(colour), luminance(other)].toSorted((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const background = (element: Element | null): string => {
    if (element === null) return "rgb(255, 255, 255)";
    const { backgroundColor } = getComputedStyle(element);
    return isSeen(backgroundColor) ? backgroundColor : background(element.parentElement);
  };
  const outline = (element: Element): number => {
    const style = getComputedStyle(element);
    const isDrawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && isSeen(style.outlineColor);
    const isOutside = parseFloat(style.outlineOffset) >= 0;
    return isDrawn ? contrast(style.outlineColor, background(isOutside ? element.parentElement : element)) : 0;
  };
  /** No script is told what a thumb looks like: something else gets the outline that the style sheet has for it. */
  const outlineOfThumb = (slider: Element): number => {
    const thumb = "::-webkit-slider-thumb";
    const rules = [...document.styleSheets].flatMap(({ cssRules }) => [...cssRules]);
    const outlines = rules
      .filter((rule) => rule instanceof CSSStyleRule)
      .filter(({ selectorText }) => selectorText.endsWith(thumb) && slider.matches(selectorText.replace(thumb, "")))
      .map(({ style }) => style.outline)
      .filter((text) => text !== "");
    const probe = document.createElement("i");
    probe.style.outline = outlines.at(-1) ?? "none";
    slider.before(probe);
    const found = outline(probe);
    probe.remove();
    return found;
  };
  const strokeIn = (drawn: Element): number => {
    const rings = [...drawn.querySelectorAll("*")]
      .map((part) => getComputedStyle(part))
      .filter(({ fill, stroke, strokeWidth }) => fill === "none" && stroke !== "none" && parseFloat(strokeWidth) >= 2)
      .filter(({ display }) => display !== "none");
    return Math.max(0, ...rings.map(({ stroke }) => contrast(stroke, background(drawn))));
  };
  /** A part of a drawing has one that is drawn with it; a chip or a cell, which hides its input, has it around itself. */
  const ringOf = (element: Element): number => {
    if (element instanceof SVGElement) return strokeIn(element);
    if (element.matches("[type=range]") && getComputedStyle(element).opacity === "1") return outlineOfThumb(element);
    const around = [element, element.parentElement, element.parentElement?.parentElement];
    return Math.max(...around.map((one) => (one ? outline(one) : 0)));
  };

  for (const marked of document.querySelectorAll("[data-stop]")) marked.removeAttribute("data-stop");
  const note = ({ target, isTrusted }: FocusEvent): void => {
    const isCurrent = (globalThis as unknown as { walk: Walk }).walk === walk;
    if (!(target instanceof Element) || !isCurrent || !isTrusted) return;
    const isWithin = target.closest(within) !== null;
    walk.isOver ||= target.hasAttribute("data-stop") || (!isWithin && walk.seen.length > 0);
    if (walk.isOver || !isWithin) return;
    target.setAttribute("data-stop", String(walk.seen.length));
    walk.seen.push({ ring: ringOf(target), html: target.outerHTML.slice(0, 160) });
  };
  // Before React, which stops what comes to a part that it has not taken over yet, and sends it once more when it has.
  document.addEventListener("focusin", note, true);
};

const pressTab = async (client: CDPSession): Promise<void> => {
  const key = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 };
  await Promise.all([
    client.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...key }),
    client.send("Input.dispatchKeyEvent", { type: "keyUp", ...key }),
  ]);
};

/** How many stops there were so far, and whether no other comes: the walk is over, or at the browser's own frame. */
const look = (page: Page): Promise<Readonly<{ count: number; isOver: boolean; isOutside: boolean }>> =>
  page.evaluate(() => {
    const { walk } = globalThis as unknown as { walk: Walk };
    const isOutside = document.activeElement === null || document.activeElement === document.body;
    return { count: walk.seen.length, isOver: walk.isOver, isOutside };
  });

/** Role and name of each marked stop, from one reading of the whole tree that assistive programs are given. */
const heardOf = async (client: CDPSession): Promise<ReadonlyMap<number, string>> => {
  const [{ root }, { nodes }] = await Promise.all([
    client.send("DOM.getDocument", { depth: -1 }),
    client.send("Accessibility.getFullAXTree"),
  ]);
  const told = new Map(
    nodes.map(({ backendDOMNodeId, role, name }) => [
      backendDOMNodeId,
      `${String(role?.value)} ${String(name?.value ?? "").trim()}`,
    ]),
  );
  const heard = new Map<number, string>();
  const read = ({ attributes = [], backendNodeId, children = [] }: typeof root): void => {
    const at = attributes.findIndex((attribute, index) => index % 2 === 0 && attribute === "data-stop");
    if (at >= 0) heard.set(Number(attributes[at + 1]), told.get(backendNodeId) ?? "none");
    for (const child of children) read(child);
  };
  read(root);
  return heard;
};

/** A walk, in the report of the run (`tools/report/accessibility.mjs`). */
const note = async (page: Page, within: string, stops: number): Promise<void> => {
  const theme = await page.locator("html").evaluate((root) => root.dataset["theme"] ?? "auto");
  const width = page.viewportSize()?.width ?? 0;
  const description = JSON.stringify({ within, theme, width, stops });
  test.info().annotations.push({ type: "tab", description });
};

/**
 * Presses Tab from where the focus is, until there is no further stop in the page, or in a part of it.
 *
 * @param enter brings the focus into the part by a key
 */
export const walkByTab = async (
  page: Page,
  { within = "*", enter }: Readonly<{ within?: string; enter?: () => Promise<unknown> }> = {},
): Promise<readonly Stop[]> => {
  const client = await page.context().newCDPSession(page);
  await page.evaluate(watchFocus, within);
  await enter?.();
  // What closes when it is left has to be read before.
  const first = enter === undefined ? null : await heardOf(client);
  for (let presses = 0, before = 0; presses < MOST_PRESSES; presses += PRESSES_TOGETHER) {
    await Promise.all(Array.from({ length: PRESSES_TOGETHER }, () => pressTab(client)));
    const { count, isOver, isOutside } = await look(page);
    if (isOver || (isOutside && count === before)) break;
    before = count;
  }
  const heard = await heardOf(client);
  await client.detach();
  const seen = await page.evaluate(() => (globalThis as unknown as { walk: Walk }).walk.seen);
  await note(page, within, seen.length);
  return seen.map((stop, index) => ({ heard: heard.get(index) ?? first?.get(index) ?? "none", ...stop }));
};
