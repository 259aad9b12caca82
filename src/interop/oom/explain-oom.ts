import { ALL_ORIGINS } from "./candidates/all-origins.ts";
import type { Candidate, OnTape, OomSubject } from "./candidates/candidate.ts";
import { closestCandidate } from "./closest-candidate.ts";
import { isOfMoment } from "./is-of-moment.ts";
import { isOfPlace } from "./is-of-place.ts";
import { ranked } from "./rank.ts";
import type { OomMessage } from "./read-oom.ts";

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
