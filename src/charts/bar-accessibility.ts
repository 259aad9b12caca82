// The memory bars for keyboard and screen reader: where a key leads, and segments and bars in words.

import type { TermId, Term } from "#calc/model/terms.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { formatGib } from "#format/bytes.ts";
import { TERM_STYLE } from "./term-style.tsx";
import { type Bar, type BarsData, gapText } from "./memory-bars.ts";

/** One segment of one bar. */
export type SegmentAt = Readonly<{ method: MethodId; term: TermId }>;

/** The segments of each bar, as drawn. */
export type SegmentRows = readonly Readonly<{ method: MethodId; terms: readonly TermId[] }>[];

const flat = (way: SegmentRows): readonly SegmentAt[] =>
  way.flatMap(({ method, terms }) => terms.map((term) => ({ method, term })));

const isSame = (one: SegmentAt, other: SegmentAt): boolean => one.method === other.method && one.term === other.term;

/** The bar above or below, at the same term, or at its last one when it lacks the term. */
const acrossBars = (way: SegmentRows, at: SegmentAt, step: number): SegmentAt => {
  const next = way[way.findIndex(({ method }) => method === at.method) + step];
  const term = next?.terms.includes(at.term) === true ? at.term : next?.terms.at(-1);
  return next === undefined || term === undefined ? at : { method: next.method, term };
};

type Step = (way: SegmentRows, at: SegmentAt) => SegmentAt | undefined;

const along =
  (step: number): Step =>
  (way, at) => {
    const all = flat(way);
    return all[all.findIndex((one) => isSame(one, at)) + step];
  };

const STEPS: Readonly<Record<string, Step>> = {
  ArrowRight: along(1),
  ArrowLeft: along(-1),
  ArrowDown: (way, at) => acrossBars(way, at, 1),
  ArrowUp: (way, at) => acrossBars(way, at, -1),
  Home: (way) => flat(way)[0],
  End: (way) => flat(way).at(-1),
};

/**
 * Where a key leads from a segment: left and right walk the segments and go on to the next method at a bar's end; up and down change the
 * method; Home and End go to the first and the last segment. Null for any other key.
 */
export const segmentForKey = (way: SegmentRows, at: SegmentAt, key: string): SegmentAt | null => {
  const step = STEPS[key];
  return step === undefined ? null : (step(way, at) ?? at);
};

/** How a segment is read aloud: "Logits and loss, 7.8 GiB, 29 % of LoRA". */
export const spokenSegment = (term: Term, bar: Bar): string =>
  `${TERM_STYLE[term.id].label}, ${formatGib(term.bytes)} GiB, ${sharePercent(term, bar)} of ${bar.name}`;

const spokenMeasured = ({ measured = [] }: Bar): string =>
  measured.map(({ bytes, metric }) => `, measured ${formatGib(bytes)} GiB ${metric}`).join("");

/** Nothing where that is no more than the bar has, as it is written. */
const spokenSeen = ({ seenBytes, totalBytes }: Bar): string => {
  const gib = formatGib(seenBytes ?? 0);
  return (seenBytes ?? 0) <= totalBytes || gib === formatGib(totalBytes)
    ? ""
    : `, PyTorch may take up to ${gib} GiB while there is room`;
};

const spokenDeclared = ({ declaredBytes }: Bar): string =>
  declaredBytes === undefined ? "" : `, ${formatGib(declaredBytes)} GiB reserved by vLLM`;

/** How a bar is read aloud: "LoRA: 26.8 GiB on the card, 3.2 GiB over"; what may be seen of it where that is more, what was measured where it was. */
export const spokenBar = (bar: Bar): string =>
  `${bar.name}: ${formatGib(bar.totalBytes)} GiB on the card${spokenDeclared(bar)}, ${gapText(bar).replace("\u00a0", " ")}${spokenSeen(bar)}${spokenMeasured(bar)}`;

/** The whole drawing in words. */
export const spokenBars = ({ bars, chosen }: BarsData): string =>
  `Memory on the card by method, against ${chosen.label} with ${formatGib(chosen.bytes)} GiB. ${bars
    .map(spokenBar)
    .join(". ")}.`;

/** A term's share of its bar: "29 %", "under 1 %". */
export const sharePercent = (term: Term, bar: Bar): string => {
  const share = bar.totalBytes > 0 ? (term.bytes / bar.totalBytes) * 100 : 0;
  return share > 0 && share < 1 ? "under 1\u00a0%" : `${Math.round(share)}\u00a0%`;
};
