import { type Bytes, bytes, GIB } from "#calc/base/quantity.ts";

/**
 * Reserved over allocated: ten measured pairs go from 1.02 to 1.25, the middle two are 1.07 and 1.08. `npm run accuracy` prints them, and what nvidia-smi
 * shows beside what is allocated.
 */
const RESERVED_FACTOR = 1.08;
/** What the allocator cannot give back when room runs out, of the peak: the least of the pairs. */
const RESERVE_FRACTION = 0.02;
/** The CUDA context: usual, least and most. */
const CONTEXT_GIB = 0.4;
const LEAST_CONTEXT_GIB = 0.3;
const MOST_CONTEXT_GIB = 0.5;
/** The reserve while there is room, of the peak: eight of the ten pairs stay below it. */
const HIGHEST_RESERVE_FACTOR = 1.15;
/** NCCL's buffers, where there is more than one GPU. */
const NCCL_GIB = 1.5;

/** A peak of PyTorch as it is seen on the card. */
export type OnCard = Readonly<{
  reservedBytes: Bytes;
  onCardBytes: Bytes;
  onCardRangeBytes: readonly [low: Bytes, high: Bytes];
}>;

const ncclGib = (gpus: number): number => (gpus > 1 ? NCCL_GIB : 0);

const onTop = (peakBytes: number, factor: number, gib: number): Bytes =>
  bytes(Math.round(factor * peakBytes + gib * GIB));

/**
 * What the driver sees beside what PyTorch allocates. Reserved: 1.08 × peak, the usual `max_memory_reserved`. On the card: 1.02 × peak +
 * 0.4 GiB of CUDA context (+ 1.5 GiB of NCCL with more than one GPU), what must fit: the allocator gives spare blocks back before it fails.
 * Range: peak + 0.3 GiB to 1.15 × peak + 0.5 GiB. Medians of measured pairs, the same for every card.
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `release_cached_blocks`.
 */
export const onCard = (peakBytes: Bytes, gpus: number): OnCard => {
  const nccl = ncclGib(gpus);
  return {
    reservedBytes: onTop(peakBytes, RESERVED_FACTOR, 0),
    onCardBytes: onTop(peakBytes, 1 + RESERVE_FRACTION, CONTEXT_GIB + nccl),
    onCardRangeBytes: [
      onTop(peakBytes, 1, LEAST_CONTEXT_GIB + nccl),
      onTop(peakBytes, HIGHEST_RESERVE_FACTOR, MOST_CONTEXT_GIB + nccl),
    ],
  };
};

/** The most comfortable figure: what the allocator usually reserves, and a large context: below it a run fits. */
export const comfortableBytes = (peakBytes: Bytes, gpus: number): Bytes =>
  onTop(peakBytes, RESERVED_FACTOR, MOST_CONTEXT_GIB + ncclGib(gpus));

/** The inputs that the term `framework` prints: reserve and context. */
export const FRAMEWORK = { reserveFraction: RESERVE_FRACTION, contextGib: CONTEXT_GIB, ncclGib } as const;
