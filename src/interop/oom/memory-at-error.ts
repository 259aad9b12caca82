// Components that filled the GPU when a request failed.

import { termBytes } from "#calc/model/memory-estimate.ts";
import { ALLOCATED_TERM_IDS, perTerm, type PerTerm, totalOf } from "#calc/model/terms.ts";
import { type ByteRange, rangeMiddle } from "./request-range.ts";
import type { Candidate, OomSubject } from "./candidates/candidate.ts";
import { GIB } from "#calc/base/bytes.ts";
import type { Figures, OomMessage } from "./oom-message.ts";

/** What stood on the card when a request failed, by component as far as that is known. */
export type MemoryAtError = Readonly<{
  /** Of what tensors had, what the scenario counts. */
  counted: PerTerm<number>;
  /** What tensors had beyond that. */
  uncountedBytes: number;
  /** What this process had of the card and no tensor had: gaps of the allocator, CUDA's context. */
  besideBytes: number;
  /** What other processes had, where the message tells them apart. */
  othersBytes: number;
  requestBytes: number;
  capacityBytes: number;
}>;

/** What tensors had by the message, and what the scenario has when such a tensor is asked for, in whichever layer. */
export type HeldBytes = Readonly<{ thereBytes: number; counted: ByteRange; agrees: boolean }>;

/** Two figures that are nearer are the same: fragments, and layers that are not told apart. */
const NEAR_FRACTION = 0.05;
const NEAR_BYTES = GIB / 4;

/** What the scenario has before it makes a tensor, a moment each; none where its step is not simulated there, or other rows than its own give the size. */
const beforeIt = ({ onTape, fits }: Candidate): readonly PerTerm<number>[] =>
  onTape !== undefined && (fits === "fixed" || fits === "as-set") ? onTape.before : [];

/** The moments of a later step, and of the first, which has no states yet. */
const ofSteps = (moments: readonly PerTerm<number>[]): readonly (readonly PerTerm<number>[])[] => [
  moments,
  moments.map((terms) => ({ ...terms, optimizer: 0 })),
];

const farFrom = (bytes: number, { low, high }: ByteRange): number => Math.max(0, low - bytes, bytes - high);

const rangeOf = (moments: readonly PerTerm<number>[]): ByteRange => {
  const totals = moments.map(totalOf);
  return { low: Math.min(...totals), high: Math.max(...totals) };
};

/** The step, later or first, that is nearer to what there was. */
const nearerStep = (moments: readonly PerTerm<number>[], thereBytes: number): readonly PerTerm<number>[] => {
  const [later = [], first = []] = ofSteps(moments);
  return farFrom(thereBytes, rangeOf(first)) < farFrom(thereBytes, rangeOf(later)) ? first : later;
};

/** Whether what tensors had is what the scenario has then; null where one of them is not known. */
export const agreesWithScenario = (candidate: Candidate, { allocated }: OomMessage): HeldBytes | null => {
  const moments = beforeIt(candidate);
  if (moments.length === 0 || allocated === null) return null;
  const thereBytes = rangeMiddle(allocated);
  const counted = rangeOf(nearerStep(moments, thereBytes));
  const near = Math.max(NEAR_BYTES, thereBytes * NEAR_FRACTION);
  return { thereBytes, counted, agrees: farFrom(thereBytes, counted) <= near };
};

/** Of the moments before a tensor the one that is nearest to what there was; the highest where nobody knows. */
const nearestBefore = (candidate: Candidate, allocated: ByteRange | null): PerTerm<number> | null => {
  const thereBytes = allocated === null ? Number.MAX_SAFE_INTEGER : rangeMiddle(allocated);
  const far = (terms: PerTerm<number>): number => Math.abs(totalOf(terms) - thereBytes);
  return nearerStep(beforeIt(candidate), thereBytes).toSorted((one, other) => far(one) - far(other))[0] ?? null;
};

/** Weights and adapters as they are loaded: what stands at any moment after that. */
const loaded = ({ estimate }: OomSubject): PerTerm<number> => {
  const load = estimate.moments.find(({ id }) => id === "load");
  return perTerm((id) => (id === "weights" || id === "adapters" ? (load?.terms[id] ?? 0) : 0));
};

/** No more than there was, from the first component on. */
const cappedAt = (terms: PerTerm<number>, most: number): PerTerm<number> => {
  let left = most;
  const capped = perTerm(() => 0);
  for (const id of ALLOCATED_TERM_IDS) {
    capped[id] = Math.min(terms[id], left);
    left -= capped[id];
  }
  return capped;
};

const countedOf = (candidate: Candidate | undefined, message: OomMessage, subject: OomSubject): PerTerm<number> => {
  if (candidate === undefined || agreesWithScenario(candidate, message)?.agrees === false) return loaded(subject);
  return nearestBefore(candidate, message.allocated) ?? loaded(subject);
};

/** What no tensor had: by the message where it says so, else what the engine adds on the card. */
const besideOf = (
  { total, free, inUse }: Figures,
  tensorBytes: number,
  { estimate }: OomSubject,
): Pick<MemoryAtError, "besideBytes" | "othersBytes"> => {
  if (total === null || free === null) return { besideBytes: termBytes(estimate, "framework"), othersBytes: 0 };
  const used = rangeMiddle(total) - rangeMiddle(free);
  const own = inUse === null ? used : Math.min(used, rangeMiddle(inUse));
  return { besideBytes: Math.max(0, own - tensorBytes), othersBytes: Math.max(0, used - Math.max(own, tensorBytes)) };
};

/**
 * What stood on the card when a request failed. The scenario's own step says what tensors had where it agrees with the message; else only what is loaded is
 * told apart.
 *
 * @param usableBytes of the scenario's card, for a message that does not say what its card has
 */
export const memoryAtError = (
  candidate: Candidate | undefined,
  { message, subject }: Readonly<{ message: OomMessage; subject: OomSubject }>,
  usableBytes: number,
): MemoryAtError => {
  const { figures, allocated } = message;
  const thereBytes = allocated === null ? null : rangeMiddle(allocated);
  const counted = cappedAt(countedOf(candidate, message, subject), thereBytes ?? Infinity);
  const tensorBytes = thereBytes ?? totalOf(counted);
  return {
    counted,
    uncountedBytes: Math.max(0, tensorBytes - totalOf(counted)),
    ...besideOf(figures, tensorBytes, subject),
    requestBytes: rangeMiddle(figures.tried),
    capacityBytes: figures.total === null ? usableBytes : rangeMiddle(figures.total),
  };
};
