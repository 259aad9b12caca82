import { NOT_KNOWN_MARK, NOT_KNOWN_OUTLINE } from "#format/not-known-shape.ts";
import { STATUS_MARKS, STATUS_OUTLINES } from "#format/status-shapes.ts";
import { textWidth } from "#format/text-width.ts";
import type { Badge } from "./badge.ts";
import { badgeColours } from "./badge-colours.ts";

const HEIGHT = 24;
const SIZE = 12;
/** Where the letters stand: their capitals are in the middle of the height. */
const BASELINE = 16.3;
const PADDING = 8;
const ICON = 12;
const GAP = 6;
const RADIUS = 4;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Signs that no XML file may have, among them halves of pairs, and other control signs: a name that somebody has brought may. */
const FORBIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;

const escaped = (text: string): string =>
  text.replaceAll(FORBIDDEN, "").replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

/** Letters of any font in the width that is kept for them. */
const words = (text: string, x: number, look: string): string => {
  const width = textWidth(text, SIZE).toFixed(1);
  return `<text ${look} x="${x.toFixed(1)}" y="${BASELINE}" textLength="${width}">${escaped(text)}</text>`;
};

/** The right part, whose right corners are round. */
const rightPart = (from: number, width: number): string => {
  const inner = RADIUS - 1;
  return `M${from} 1H${width - 1 - inner}a${inner} ${inner} 0 0 1 ${inner} ${inner}V${HEIGHT - 1 - inner}a${inner} ${inner} 0 0 1-${inner} ${inner}H${from}z`;
};

/** What is light by its attributes is dark where its reader has dark pages, as far as the program knows that. Names of classes hold in a page that it is pasted into, too. */
const darkStyle = ({ fit }: Badge): string => {
  const { surface, ink, line, status, tint } = badgeColours("dark", fit);
  return [
    "@media (prefers-color-scheme: dark) {",
    `.headroom-surface { fill: ${surface}; stroke: ${line} }`,
    `.headroom-ink { fill: ${ink} }`,
    `.headroom-status { fill: ${status} }`,
    `.headroom-tint { fill: ${tint} }`,
    `.headroom-mark { stroke: ${tint} }`,
    "}",
  ].join(" ");
};

/**
 * A badge as a file: an SVG that asks for no font, style or picture of elsewhere, as wide as its words in the widest of the usual fonts. It brings its own
 * surface and edge, so that it can be read on light and dark pages alike. Its name and what the figure is of are there for those who hear it.
 */
export const badgeSvg = (badge: Badge): string => {
  const { subject, outcome, line, detail, fit } = badge;
  const { surface, ink, line: edge, status, tint } = badgeColours("light", fit);
  const [outline, mark] =
    fit === "not-known" ? [NOT_KNOWN_OUTLINE, NOT_KNOWN_MARK] : [STATUS_OUTLINES[fit], STATUS_MARKS[fit]];
  const split = Math.ceil(textWidth(subject, SIZE) + 2 * PADDING);
  const outcomeX = split + PADDING + ICON + GAP;
  const width = Math.ceil(outcomeX + textWidth(outcome, SIZE) + PADDING);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img">`,
    `<title>${escaped(line)}</title>`,
    `<desc>${escaped(detail)}</desc>`,
    `<style>${darkStyle(badge)}</style>`,
    `<rect class="headroom-surface" x="0.5" y="0.5" width="${width - 1}" height="${HEIGHT - 1}" rx="${RADIUS - 0.5}" fill="${surface}" stroke="${edge}"/>`,
    `<path class="headroom-tint" d="${rightPart(split, width)}" fill="${tint}"/>`,
    `<g transform="translate(${split + PADDING} ${(HEIGHT - ICON) / 2})">`,
    `<path class="headroom-status" d="${outline}" fill="${status}"/>`,
    `<path class="headroom-mark" d="${mark}" fill="none" stroke="${tint}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>`,
    "</g>",
    `<g font-family="-apple-system, 'Segoe UI', Roboto, Inter, system-ui, sans-serif" font-size="${SIZE}" font-weight="600">`,
    words(subject, PADDING, `class="headroom-ink" fill="${ink}"`),
    words(outcome, outcomeX, `class="headroom-status" fill="${status}"`),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
};
