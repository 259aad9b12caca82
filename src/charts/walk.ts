import type { TermId } from "#calc/model/term.ts";
import type { MethodId } from "#calc/model/scenario.ts";

/** One segment of one bar. */
export type SegmentAt = Readonly<{ method: MethodId; term: TermId }>;

/** The segments of each bar, as drawn. */
export type Walkway = readonly Readonly<{ method: MethodId; terms: readonly TermId[] }>[];

const flat = (way: Walkway): readonly SegmentAt[] =>
  way.flatMap(({ method, terms }) => terms.map((term) => ({ method, term })));

const isSame = (one: SegmentAt, other: SegmentAt): boolean => one.method === other.method && one.term === other.term;

/** The bar above or below, at the same term, or at its last one when it lacks the term. */
const acrossBars = (way: Walkway, at: SegmentAt, step: number): SegmentAt => {
  const next = way[way.findIndex(({ method }) => method === at.method) + step];
  const term = next?.terms.includes(at.term) === true ? at.term : next?.terms.at(-1);
  return next === undefined || term === undefined ? at : { method: next.method, term };
};

type Step = (way: Walkway, at: SegmentAt) => SegmentAt | undefined;

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
export const walk = (way: Walkway, at: SegmentAt, key: string): SegmentAt | null => {
  const step = STEPS[key];
  return step === undefined ? null : (step(way, at) ?? at);
};
