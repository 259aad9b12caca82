// Tensors that an OOM message can be about, likeliest first.

import { activations, attentionScores } from "./candidates/activations.ts";
import type { Origin, Candidate, OomSubject, Fits, TensorName, OnTape } from "./candidates/candidate.ts";
import { adapterStates, trainingCopies } from "./candidates/training.ts";
import { fsdpUnits, fsdp2Shards } from "./candidates/fsdp.ts";
import { keptLogits, logits } from "./candidates/logits.ts";
import { partitions } from "./candidates/partitions.ts";
import { quantizedWeights, expertStacks, merging, preparation, weights } from "./candidates/weights.ts";
import { tapeTensors } from "./candidates/tape.ts";
import type { OomMoment } from "./traceback.ts";
import { rangeMiddle, type Request, type ByteRange } from "./request-range.ts";
import type { OomMessage } from "./oom-message.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { notKnownSentence } from "#scenario/choices/answer.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/** Where a request can come from, each a list of tensors. A moment that the engine learns to run is one more line. */
const ALL_ORIGINS: readonly Origin[] = [
  logits,
  keptLogits,
  attentionScores,
  activations,
  weights,
  expertStacks,
  preparation,
  merging,
  quantizedWeights,
  trainingCopies,
  adapterStates,
  fsdpUnits,
  fsdp2Shards,
  partitions,
  tapeTensors,
];

/** True if a tensor is made at the place that a traceback names, as far as it names one. */
const isOfPlace = ({ places }: Pick<Candidate, "places">, { place }: OomMoment): boolean =>
  place === null || places.includes(place);

/** True if a tensor is made at the moment that a traceback names, as far as it names one. */
const isOfMoment = (candidate: Pick<Candidate, "phases" | "places">, moment: OomMoment): boolean =>
  (moment.phase === null || candidate.phases.includes(moment.phase)) && isOfPlace(candidate, moment);

/** Any size: origins then list what a scenario has, with its own rows. */
const ANY: Request = { ranges: [{ low: 1, high: Infinity }], isVague: false };

/**
 * The tensor that this scenario makes at the moment of a traceback whose size is nearest to the request; null where no moment is named, or no tensor of it is
 * known.
 */
const closestCandidate = ({ moment, figures }: OomMessage, subject: OomSubject): Candidate | null => {
  if (moment.phase === null && moment.place === null) return null;
  const tried = rangeMiddle(figures.tried);
  const far = ({ bytes }: Candidate): number => Math.abs(Math.log(bytes / tried));
  const [closest] = ALL_ORIGINS.flatMap((origin) => origin({ subject, request: ANY, moment }))
    .filter((each) => each.isUnset !== true && isOfMoment(each, moment))
    .toSorted((one, other) => far(one) - far(other));
  return closest ?? null;
};

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
const stepsOf = (candidate: Candidate, { moment, allocated }: OomEvidence): number =>
  STEPS_OF_FIT[candidate.fits] +
  (STEPS_OF_TENSOR[candidate.tensor] ?? 0) +
  stepsOfPhase(candidate, moment) +
  stepsOfBytes(candidate, allocated) +
  (candidate.isUnset === true ? UNSET : 0) +
  (candidate.onTape === undefined ? 0 : ON_TAPE);

/** What a message says beside its size. */
type OomEvidence = Readonly<{ moment: OomMoment; allocated: ByteRange | null }>;

/** Candidates, likeliest first; of equals the order stays. */
const ranked = (candidates: readonly Candidate[], heard: OomEvidence): readonly Candidate[] =>
  candidates
    .map((candidate) => ({ candidate, steps: stepsOf(candidate, heard) }))
    .toSorted((one, other) => one.steps - other.steps)
    .map(({ candidate }) => candidate);

/** The tensor that a request was for. */
export type ExplainedOom = Readonly<{
  /** Likeliest first; empty where no tensor of the moment has the size. */
  candidates: readonly Candidate[];
  /** Where there are none: what of that moment has the nearest size; null where the traceback names no moment. */
  closest: Candidate | null;
}>;

/**
 * Whether what the simulated step has is what is named otherwise. What no module makes is flat: parameters or gradients of a layer as one tensor, which ranks
 * pad to a common size.
 */
const isSame = (named: Candidate, onTape: Candidate): boolean =>
  Math.abs(named.bytes - onTape.bytes) <= named.bytes / 1000 &&
  (named.tensor === onTape.tensor || (onTape.onTape?.module === "" && named.tensor.startsWith("fsdp-")));

/** Whether a tensor can be of the pass that a traceback was in, as far as it says. */
const isOfPass = ({ made }: OnTape, { functions }: OomMessage): boolean =>
  functions.length === 0 || (made === "backward") === functions.some((name) => name.includes("backward"));

/** What the simulated step has says which module makes a tensor that is named otherwise. */
const withTape = (candidates: readonly Candidate[], message: OomMessage): readonly Candidate[] => {
  const named = candidates.filter(({ onTape }) => onTape === undefined);
  const onTape = candidates.filter((each) => each.onTape !== undefined);
  return [
    ...named.map((each): Candidate => {
      const same = onTape
        .filter((other) => isSame(each, other) && isOfPlace(other, message.moment))
        .flatMap((other) => other.onTape ?? []);
      // Of several the last of the pass: there the step is highest.
      const found = same.findLast((other) => isOfPass(other, message)) ?? same[0];
      return found === undefined ? each : { ...each, onTape: found };
    }),
    ...onTape.filter((each) => !named.some((other) => isSame(each, other))),
  ];
};

/** One of each name: the likeliest rows of a tensor say enough. */
const eachOnce = (candidates: readonly Candidate[]): readonly Candidate[] => {
  const seen = new Set<string>();
  return candidates.filter(({ tensor, name }) => {
    const key = `${tensor} ${name}`;
    return !seen.has(key) && seen.add(key).size > 0;
  });
};

/**
 * The tensors of a run that an out-of-memory message can be about: those of the moment that the traceback names whose size is the request, by how they come out
 * and how well what was allocated agrees. Pure.
 *
 * A figure that all small tensors share ("2.00 MiB", "20.00 MiB") tells nothing apart: nothing is named then.
 */
export const explainOom = (message: OomMessage, subject: OomSubject): ExplainedOom => {
  const { request, moment, allocated } = message;
  if (request.isVague) return { candidates: [], closest: null };
  const found = ALL_ORIGINS.flatMap((origin) => origin({ subject, request, moment }));
  const candidates = withTape(found, message).filter((each) => isOfMoment(each, moment));
  return {
    candidates: eachOnce(ranked(candidates, { moment, allocated })),
    closest: candidates.length === 0 ? closestCandidate(message, subject) : null,
  };
};

/**
 * The run that choices describe, with the method in focus, for an error to be held against.
 *
 * @throws Error with a sentence where the choices name something that is not known
 */
export const oomSubject = (choices: Choices, catalog: Catalog): OomSubject => {
  const { methods, notKnown } = toAnswer({ ...choices, show: [choices.method] }, catalog);
  if (notKnown.length > 0) throw new Error(notKnownSentence(notKnown));
  const [answered] = methods;
  if (answered === undefined) throw new Error("The method in focus is not among the methods of the answer.");
  const { scenario, estimate } = answered;
  return { engine: ENGINE, scenario, estimate, layout: ENGINE.layoutOf(scenario.architecture) };
};
