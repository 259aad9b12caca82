// Batch sizes and sequence lengths that give a tensor of the requested size.

import { isPossibleSize, type Request } from "#interop/oom/request-range.ts";
import type { Fits, OomSubject, Rows } from "./candidate.ts";

/** Bytes of a tensor that grows with batch and length. */
export type BytesOfRows = (rows: Rows) => number;

export type FittingRows = Readonly<{ rows: Rows; fits: Fits }>;

/** `per_device_eval_batch_size` of transformers, whatever the training batch is. */
const EVALUATION_BATCH = 8;
/** Other batches that are tried: a step with more on one GPU is rare. */
const MOST_BATCH = 64;

/** The least length from which on the tensor has at least so many bytes; `most + 1` where none has. */
const leastLength = (bytesOf: (length: number) => number, low: number, most: number): number => {
  let [from, to] = [1, most + 1];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (bytesOf(middle) >= low) to = middle;
    else from = middle + 1;
  }
  return from;
};

/** Lengths that people set are multiples of this. */
const USUAL_STEP = 128;

/** Of lengths that print the same: the roundest, where one is a usual one; else the middle. */
const shownLength = (first: number, last: number): number => {
  for (let step = 2 ** 17; step >= USUAL_STEP; step /= 2) {
    const round = Math.floor(last / step) * step;
    if (round >= first && round > 0) return round;
  }
  return Math.round((first + last) / 2);
};

/** A length up to `most` that gives the request; null where none does. */
const solvedLength = (bytesOf: (length: number) => number, { ranges }: Request, most: number): number | null => {
  for (const { low, high } of ranges) {
    const first = leastLength(bytesOf, low, most);
    const last = leastLength(bytesOf, high + 1, most) - 1;
    if (first <= last) return shownLength(first, last);
  }
  return null;
};

const asSet = (bytesOf: BytesOfRows, { scenario }: OomSubject, request: Request): readonly FittingRows[] => {
  const rows = { batch: scenario.micro_batch_size, length: scenario.sequence_length };
  // A loss that shifts its labels first has a token less of each row.
  const shifted = { ...rows, length: rows.length - 1 };
  const isHit = [rows, shifted].some((each) => each.length > 0 && isPossibleSize(request, bytesOf(each)));
  return isHit ? [{ rows, fits: "as-set" }] : [];
};

const ofLength = (bytesOf: BytesOfRows, { scenario }: OomSubject, request: Request): readonly FittingRows[] => {
  const { micro_batch_size: batch, sequence_length: cap, architecture } = scenario;
  const most = Math.max(cap, architecture.max_position_embeddings);
  const length = solvedLength((each) => bytesOf({ batch, length: each }), request, most);
  if (length === null) return [];
  return [{ rows: { batch, length }, fits: length <= cap ? "shorter" : "longer" }];
};

const ofEvaluation = (bytesOf: BytesOfRows, { scenario }: OomSubject, request: Request): readonly FittingRows[] => {
  const length = solvedLength(
    (each) => bytesOf({ batch: EVALUATION_BATCH, length: each }),
    request,
    scenario.sequence_length,
  );
  if (length === null || scenario.micro_batch_size === EVALUATION_BATCH) return [];
  return [{ rows: { batch: EVALUATION_BATCH, length }, fits: "evaluation" }];
};

const ofBatch = (bytesOf: BytesOfRows, { scenario }: OomSubject, request: Request): readonly FittingRows[] => {
  const { micro_batch_size: set, sequence_length: length } = scenario;
  const batches = Array.from({ length: MOST_BATCH }, (_, index) => index + 1);
  return batches
    .filter((batch) => batch !== set && isPossibleSize(request, bytesOf({ batch, length })))
    .flatMap((batch) => {
      const kinds: readonly Fits[] = batch === EVALUATION_BATCH ? ["evaluation", "other-batch"] : ["other-batch"];
      return kinds.map((fits) => ({ rows: { batch, length }, fits }));
    });
};

/**
 * Batches and lengths near those of the scenario that give a request: as set; rows of another length; the default batch of evaluation; another batch of rows
 * of the set length.
 *
 * @param bytesOf grows with both
 */
export const fittingRows = (bytesOf: BytesOfRows, subject: OomSubject, request: Request): readonly FittingRows[] => {
  const set = asSet(bytesOf, subject, request);
  const others = [ofBatch, ofLength, ofEvaluation].flatMap((each) => each(bytesOf, subject, request));
  return set.length > 0 ? set : others;
};
