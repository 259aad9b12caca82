// Fit of a run on a GPU: fits, may not fit or over, with what CUDA, NCCL and allocator gaps take beside tensors.

import {
  type CardFit,
  type OnCard,
  type RunFit,
  type MemoryEstimate,
  type EdgeClass,
  edgeClass,
} from "#calc/model/memory-estimate.ts";
import { type Bytes, bytes, GIB } from "#calc/base/bytes.ts";
import { type Formula, constant, counted, replayed } from "#calc/base/formula.ts";
import type { Term } from "#calc/model/terms.ts";

/** What of an estimate is held against a card. */
type Taken = Pick<OnCard, "onCardBytes" | "comfortableBytes">;

const fitOf = ({ onCardBytes, comfortableBytes }: Taken, availableBytes: Bytes): RunFit => {
  if (onCardBytes > availableBytes) return "over";
  return comfortableBytes <= availableBytes ? "fits" : "tight";
};

/**
 * Holds an estimate against one card. Over: what must be on the card is more than it has. Fits: the card has what `comfortableBytes` asks for. Tight, said as
 * "may not fit": between.
 *
 * @param availableBytes usable memory of the card less what is already used on it.
 */
export const fitOnCard = (taken: Taken, availableBytes: Bytes): CardFit & Readonly<{ fit: RunFit }> => ({
  fit: fitOf(taken, availableBytes),
  headroomBytes: bytes(availableBytes - taken.onCardBytes),
  cannotRun: null,
});

/**
 * The same where the card lacks what the run needs: it does not run, however much room there is.
 *
 * @param cannotRun what the card lacks; null where it lacks nothing
 */
export const withCannotRun = (card: CardFit, cannotRun: string | null): CardFit =>
  cannotRun === null ? card : { ...card, fit: "cannot-run", cannotRun };

/** The CUDA context, in GiB: what it usually takes, the least and the most. */
const CUDA_CONTEXT_GIB = { usual: 0.4, least: 0.3, most: 0.5 } as const;

/** On one GPU by the replay, over what is needed: room for gaps that differ from one limit to the next, and for what a replay gets wrong. */
const OVER_NEEDED = 1.03;

/** The largest share of the available memory that a run fits with, where published runs ran out of memory above it. */
const FIT_SHARES = { several: 0.9, rule: 0.8 } as const satisfies Record<Exclude<EdgeClass, "one">, number>;

/**
 * The least available memory in which a run fits. With less it may not fit, and below what it needs on the card it does not. On one GPU by the replay:
 * 1.03 × needed + the greatest context. On several GPUs: what is needed on each is at most 0.9 of it. By the rule: at most 0.8.
 *
 * @see docs/adr/0014-where-fits-ends.md
 */
const comfortableBytes = (
  { basis, neededBytes, onCardBytes }: Pick<OnCard, "basis" | "neededBytes" | "onCardBytes">,
  gpus: number,
): Bytes => {
  const edge = edgeClass(basis, gpus);
  return edge === "one"
    ? bytes(Math.round(OVER_NEEDED * neededBytes + CUDA_CONTEXT_GIB.most * GIB))
    : bytes(Math.ceil(onCardBytes / FIT_SHARES[edge]));
};

/** Reserved over allocated: ten measured pairs go from 1.02 to 1.25, the middle two are 1.07 and 1.08. `npm run accuracy` prints them. */
const RESERVED_FACTOR = 1.08;
/** What the allocator cannot give back when room runs out, of the peak: the least of the pairs. */
const RESERVE_FRACTION = 0.02;
/** The reserve while there is room, of the peak: eight of the ten pairs stay below it. */
const HIGHEST_RESERVE_FACTOR = 1.15;
const { usual: CONTEXT_GIB, least: LEAST_CONTEXT_GIB, most: MOST_CONTEXT_GIB } = CUDA_CONTEXT_GIB;
/** NCCL's buffers, where there is more than one GPU. */
const NCCL_GIB = 1.5;

/** What PyTorch's allocator takes from the card for a run, as its replay has it. In bytes. */
export type Reserved = Readonly<{
  /** The least that the run goes on with, what is cached given back whenever memory is short. */
  neededBytes: number;
  /** What is held while there is room: `torch.cuda.max_memory_reserved()`. */
  reservedBytes: number;
}>;

const ncclGib = (gpus: number): number => (gpus > 1 ? NCCL_GIB : 0);

const withComfort = (onCard: Omit<OnCard, "comfortableBytes">, gpus: number): OnCard => ({
  ...onCard,
  comfortableBytes: comfortableBytes(onCard, gpus),
});

const onTop = (allocatorBytes: number, factor: number, gib: number): Bytes =>
  bytes(Math.round(factor * allocatorBytes + gib * GIB));

/**
 * What the driver sees beside what PyTorch allocates, where its allocator is not replayed. Needed: 1.02 × peak. Reserved: 1.08 × peak, the usual
 * `max_memory_reserved`. On the card: needed + 0.4 GiB of CUDA context (+ 1.5 GiB of NCCL with more than one GPU).
 * Range: peak + 0.3 GiB to 1.15 × peak + 0.5 GiB. Medians of measured pairs, the same for every card.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `release_cached_blocks`.
 */
export const onCardByRule = (peakBytes: Bytes, gpus: number): OnCard => {
  const nccl = ncclGib(gpus);
  const onCard = {
    basis: "rule",
    neededBytes: onTop(peakBytes, 1 + RESERVE_FRACTION, 0),
    reservedBytes: onTop(peakBytes, RESERVED_FACTOR, 0),
    onCardBytes: onTop(peakBytes, 1 + RESERVE_FRACTION, CONTEXT_GIB + nccl),
    onCardRangeBytes: [
      onTop(peakBytes, 1, LEAST_CONTEXT_GIB + nccl),
      onTop(peakBytes, HIGHEST_RESERVE_FACTOR, MOST_CONTEXT_GIB + nccl),
    ],
  } as const;
  return withComfort(onCard, gpus);
};

/**
 * What the driver sees of a run whose allocator was replayed. On the card: needed + 0.4 GiB of CUDA context (+ 1.5 GiB of NCCL with more than one GPU).
 * Range: needed + 0.3 GiB to what is held + 0.4 GiB.
 */
export const onCardByReplay = ({ neededBytes, reservedBytes }: Reserved, gpus: number): OnCard => {
  const nccl = ncclGib(gpus);
  const onCard = {
    basis: "replay",
    neededBytes: bytes(neededBytes),
    reservedBytes: bytes(reservedBytes),
    onCardBytes: onTop(neededBytes, 1, CONTEXT_GIB + nccl),
    onCardRangeBytes: [onTop(neededBytes, 1, LEAST_CONTEXT_GIB + nccl), onTop(reservedBytes, 1, CONTEXT_GIB + nccl)],
  } as const;
  return withComfort(onCard, gpus);
};

/** What the CUDA context takes beside PyTorch's allocator, usually, and with several GPUs NCCL's buffers. */
export const contextAndNcclBytes = (gpus: number): Bytes => onTop(0, 1, CONTEXT_GIB + ncclGib(gpus));

/** The inputs that the term `framework` prints: reserve and context. */
export const FRAMEWORK_INPUTS = { reserveFraction: RESERVE_FRACTION, contextGib: CONTEXT_GIB, ncclGib } as const;

/** What the allocator needs above PyTorch's peak: by a replay the gaps between its tensors, by the rule so many bytes of gaps for each byte of the peak. */
const gaps = (peakBytes: number, { basis, neededBytes }: OnCard): Formula =>
  basis === "replay"
    ? [replayed("gaps of the allocator", neededBytes - peakBytes)]
    : [counted("peak", peakBytes), " × ", constant("gaps per byte", FRAMEWORK_INPUTS.reserveFraction)];

/** What must be on the card on top of PyTorch's peak, as the term `framework`: gaps of the allocator, CUDA context, NCCL's buffers with more than one GPU. */
export const frameworkTerm = (peakBytes: Bytes, onCard: OnCard, gpus: number): Term => ({
  id: "framework",
  bytes: bytes(onCard.onCardBytes - peakBytes),
  formula: [
    ...gaps(peakBytes, onCard),
    " + ",
    constant(
      gpus > 1 ? "GiB of CUDA context and NCCL" : "GiB of CUDA context",
      FRAMEWORK_INPUTS.contextGib + FRAMEWORK_INPUTS.ncclGib(gpus),
    ),
    " × ",
    constant("bytes per GiB", GIB),
  ],
});

/** An estimate with what its peak takes on a card found otherwise than by the rule: the term `framework` is what the card takes on top then. */
export const withOnCard = (estimate: MemoryEstimate, onCard: OnCard, gpus: number): MemoryEstimate => ({
  ...estimate,
  ...onCard,
  terms: estimate.terms.map((term) =>
    term.id === "framework" ? frameworkTerm(estimate.peakBytes, onCard, gpus) : term,
  ),
});
