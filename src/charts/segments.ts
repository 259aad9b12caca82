import { GIB } from "#calc/base/quantity.ts";
import type { Term, TermId } from "#calc/model/term.ts";
import { TERM_STYLE } from "./term-style.ts";
import { textWidth } from "#format/text-width.ts";

/** One term of a bar as drawn. `x` to `x + width` is its true length; `paintedWidth` leaves a 1 px gap where the term can spare it. */
export type Segment = Readonly<{
  id: TermId;
  term: Term;
  x: number;
  width: number;
  paintedWidth: number;
  label: SegmentLabel | null;
}>;

/** Text inside a segment; on a plate where it lies over the hatch. */
export type SegmentLabel = Readonly<{ text: string; x: number; width: number; onHatch: boolean }>;

/** Where the bar lies: its left end, px a GiB, the chosen line and the first px that labels must leave free (the torn edge's plate). */
export type SegmentAxis = Readonly<{ left: number; pixelsPerGib: number; lineX: number; labelsEnd: number }>;

const GAP = 1;
/** A term under this is drawn without gap. */
const SLIVER = 3;
const LABEL_SIZE = 12;
const LABEL_PADDING = 8;

const fitLabel = (id: TermId, from: number, to: number): Omit<SegmentLabel, "onHatch"> | null => {
  const { label, shortLabel } = TERM_STYLE[id];
  for (const text of [label, shortLabel]) {
    const width = textWidth(text, LABEL_SIZE);
    if (width + 2 * LABEL_PADDING <= to - from) return { text, x: from + LABEL_PADDING, width };
  }
  return null;
};

/** A label stands wholly before the chosen line or wholly after it: the line would cross it otherwise. */
const labelOf = (id: TermId, span: Readonly<{ from: number; to: number }>, axis: SegmentAxis): SegmentLabel | null => {
  const [from, to] = [span.from, Math.min(span.to, axis.labelsEnd)];
  const before = fitLabel(id, from, Math.min(to, axis.lineX));
  if (before !== null) return { ...before, onHatch: false };
  const after = fitLabel(id, Math.max(from, axis.lineX), to);
  return after === null ? null : { ...after, onHatch: true };
};

/** The terms of one bar from left to right, in stack order; terms of zero bytes are left out. Widths sum to the bar's length. */
export const segments = (terms: readonly Term[], axis: SegmentAxis): readonly Segment[] => {
  const present = terms.filter((term) => term.bytes > 0);
  let x = axis.left;
  return present.map((term, index) => {
    const width = (term.bytes / GIB) * axis.pixelsPerGib;
    const start = x;
    x += width;
    const gap = width < SLIVER || index === present.length - 1 ? 0 : GAP;
    const label = labelOf(term.id, { from: start, to: start + width }, axis);
    return { id: term.id, term, x: start, width, paintedWidth: width - gap, label };
  });
};
