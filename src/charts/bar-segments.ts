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
  /** Of base weights, the copy of a reference model or a teacher: at their end, framed. */
  reference: Readonly<{ x: number; width: number; label: SegmentLabel | null }> | null;
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

/** What stands in a segment, from the longest on. */
type Texts = readonly string[];

const REFERENCE_TEXTS: Texts = ["Reference", "Ref."];
const TEACHER_TEXTS: Texts = ["Teacher"];

const textsOf = (id: TermId): Texts => [TERM_STYLE[id].label, TERM_STYLE[id].shortLabel];

const fitLabel = (texts: Texts, from: number, to: number): Omit<SegmentLabel, "onHatch"> | null => {
  for (const text of texts) {
    const width = textWidth(text, LABEL_SIZE);
    if (width + 2 * LABEL_PADDING <= to - from) return { text, x: from + LABEL_PADDING, width };
  }
  return null;
};

/** A label stands wholly before the chosen line or wholly after it: the line would cross it otherwise. */
const labelOf = (
  texts: Texts,
  span: Readonly<{ from: number; to: number }>,
  axis: SegmentAxis,
): SegmentLabel | null => {
  const [from, to] = [span.from, Math.min(span.to, axis.labelsEnd)];
  const before = fitLabel(texts, from, Math.min(to, axis.lineX));
  if (before !== null) return { ...before, onHatch: false };
  const after = fitLabel(texts, Math.max(from, axis.lineX), to);
  return after === null ? null : { ...after, onHatch: true };
};

/** What stands in the block that vLLM has declared; null where there is no room. */
export const declaredLabel = (from: number, to: number): SegmentLabel | null => {
  const label = fitLabel(["vLLM, reserved", "vLLM"], from, to);
  return label && { ...label, onHatch: false };
};

/** What the frame of a copy takes at each end. */
const FRAME = 5;

const referenceOf = (end: number, { referenceBytes, isTeacher }: Term, axis: SegmentAxis): Segment["reference"] => {
  if (!referenceBytes) return null;
  const width = (referenceBytes / GIB) * axis.pixelsPerGib;
  const x = end - width;
  const texts = isTeacher ? TEACHER_TEXTS : REFERENCE_TEXTS;
  return { x, width, label: labelOf(texts, { from: x + FRAME, to: end - FRAME }, axis) };
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
    const paintedWidth = width - gap;
    const reference = referenceOf(x - gap, term, axis);
    const label = labelOf(textsOf(term.id), { from: start, to: x - (reference?.width ?? 0) }, axis);
    return {
      id: term.id,
      term,
      x: start,
      width,
      paintedWidth,
      label,
      reference,
    };
  });
};
