import { bytes, GIB } from "#calc/base/quantity.ts";
import { TERM_IDS, type TermId } from "#calc/model/term.ts";
import { textWidth } from "#format/text-width.ts";
import type { BarShape } from "./bar-shape.ts";
import { type BarsLayout, memoryBars } from "./memory-bars.ts";

/** A card at the moment when a request failed: what stood on it, and what was asked for beside that. */
export type RequestBarData = Readonly<{
  name: string;
  /** By component; what is not there has none. */
  terms: Readonly<Partial<Record<TermId, number>>>;
  /** What tensors had that belongs to no component that is known. */
  uncountedBytes: number;
  requestBytes: number;
  chosen: Readonly<{ label: string; bytes: number }>;
}>;

/** A part in outline: from where to where, and its word where that has room. */
export type Outline = Readonly<{ x: number; width: number; text: string | null }>;

export type RequestBarLayout = Readonly<{
  bars: BarsLayout;
  /** null: all that tensors had is known. */
  uncounted: Outline | null;
  request: Outline;
  /** The part of the request that lies over the line; null where it does not. */
  over: Readonly<{ x: number; width: number }> | null;
}>;

const LABEL_SIZE = 12;
const LABEL_PADDING = 8;

type Reach = Readonly<{ from: number; to: number; labelsEnd: number }>;

const outline = (text: string, { from, to, labelsEnd }: Reach): Outline => ({
  x: from,
  width: Math.max(0, to - from),
  text: textWidth(text, LABEL_SIZE) + 2 * LABEL_PADDING <= Math.min(to, labelsEnd) - from ? text : null,
});

/** Lays out the bar of a failed request: what is counted as in the bars of methods, then in outline what is only seen, then what was asked for and refused. */
export const requestBar = (
  data: RequestBarData,
  { width, shape }: Readonly<{ width: number; shape: BarShape }>,
): RequestBarLayout => {
  const { terms: counted, uncountedBytes, requestBytes, chosen, name } = data;
  const terms = TERM_IDS.map((id) => ({ id, bytes: bytes(counted[id] ?? 0), formula: [] }));
  const known = terms.reduce((total, term) => total + term.bytes, 0);
  const totalBytes = known + uncountedBytes + requestBytes;
  const headroomBytes = chosen.bytes - totalBytes;
  const fit = headroomBytes < 0 ? "over" : "tight";
  const bar = { method: "lora", name, terms, totalBytes, headroomBytes, fit } as const;
  const bars = memoryBars({ bars: [bar], chosen, others: [] }, { width, shape, leastEndGib: 0 });
  const [lane] = bars.lanes;
  const endX = lane?.endX ?? bars.right;
  const at = (amount: number): number =>
    Math.min(endX, bars.left + (amount / GIB) * ((bars.right - bars.left) / bars.endGib));
  const from = at(known + uncountedBytes);
  const labelsEnd = Math.min(bars.chosen.lineX > from ? bars.chosen.lineX : endX, lane?.torn?.x ?? endX);
  const overFrom = Math.max(from, bars.chosen.lineX);
  return {
    bars,
    uncounted: uncountedBytes > 0 ? outline("Not known", { from: at(known), to: from, labelsEnd: from }) : null,
    request: outline("Tried", { from, to: endX, labelsEnd }),
    over: overFrom < endX ? { x: overFrom, width: endX - overFrom } : null,
  };
};
