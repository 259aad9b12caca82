import type { ByteRange } from "./byte-range.ts";
import type { Candidate, Fits, TensorName } from "./candidates/candidate.ts";
import type { OomMoment } from "./moment.ts";

/**
 * How far a candidate is from the message, in steps: a size that follows from the scenario alone could hardly come out by chance, one that some length gives
 * could.
 */
const STEPS_OF_FIT: Readonly<Record<Fits, number>> = {
  fixed: 0,
  "as-set": 0,
  evaluation: 2,
  shorter: 2,
  "other-batch": 3,
  longer: 4,
};

/** Of what is told apart by nothing else: which people meet more often. */
const STEPS_OF_TENSOR: Partial<Readonly<Record<TensorName, number>>> = { logits: -0.5, activation: 1 };

const UNSET = 1.5;
const OUT_OF_BOUNDS = 2;
const ON_TAPE = -0.5;
/** Where no traceback says when it was: a training step is what a run is in most of its time. */
const NOT_IN_TRAINING = 1;

const stepsOfPhase = ({ phases }: Candidate, { phase }: OomMoment): number =>
  phase === null && !phases.includes("train") ? NOT_IN_TRAINING : 0;

/** What was allocated has to leave room for what comes before, and not be more than there is then. A hundredth is left to chance. */
const stepsOfBytes = ({ between }: Candidate, allocated: ByteRange | null): number => {
  if (between === undefined || allocated === null) return 0;
  return allocated.high >= between.low * 0.99 && allocated.low <= between.high * 1.01 ? 0 : OUT_OF_BOUNDS;
};

/** Less is likelier. */
const stepsOf = (candidate: Candidate, { moment, allocated }: Heard): number =>
  STEPS_OF_FIT[candidate.fits] +
  (STEPS_OF_TENSOR[candidate.tensor] ?? 0) +
  stepsOfPhase(candidate, moment) +
  stepsOfBytes(candidate, allocated) +
  (candidate.isUnset === true ? UNSET : 0) +
  (candidate.onTape === undefined ? 0 : ON_TAPE);

/** What a message says beside its size. */
export type Heard = Readonly<{ moment: OomMoment; allocated: ByteRange | null }>;

/** Candidates, likeliest first; of equals the order stays. */
export const ranked = (candidates: readonly Candidate[], heard: Heard): readonly Candidate[] =>
  candidates
    .map((candidate) => ({ candidate, steps: stepsOf(candidate, heard) }))
    .toSorted((one, other) => one.steps - other.steps)
    .map(({ candidate }) => candidate);
