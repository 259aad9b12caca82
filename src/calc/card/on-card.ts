import { type Bytes, bytes, GIB } from "#calc/base/quantity.ts";
import type { OnCard } from "#calc/model/memory-estimate.ts";
import { comfortableBytes } from "./comfortable-bytes.ts";
import { CUDA_CONTEXT_GIB } from "./cuda-context.ts";

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
export const besideAllocator = (gpus: number): Bytes => onTop(0, 1, CONTEXT_GIB + ncclGib(gpus));

/** The inputs that the term `framework` prints: reserve and context. */
export const FRAMEWORK = { reserveFraction: RESERVE_FRACTION, contextGib: CONTEXT_GIB, ncclGib } as const;
