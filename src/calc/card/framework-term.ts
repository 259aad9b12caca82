import type { Formula } from "#calc/base/formula/formula.ts";
import { constant, counted, replayed } from "#calc/base/formula/inputs.ts";
import { type Bytes, bytes, GIB } from "#calc/base/quantity.ts";
import type { OnCard } from "#calc/model/memory-estimate.ts";
import type { Term } from "#calc/model/term.ts";
import { FRAMEWORK } from "./on-card.ts";

/** What the allocator needs above PyTorch's peak: by a replay the gaps between its tensors, by the rule so many bytes of gaps for each byte of the peak. */
const gaps = (peakBytes: number, { basis, neededBytes }: OnCard): Formula =>
  basis === "replay"
    ? [replayed("gaps of the allocator", neededBytes - peakBytes)]
    : [counted("peak", peakBytes), " × ", constant("gaps per byte", FRAMEWORK.reserveFraction)];

/** What must be on the card on top of PyTorch's peak, as the term `framework`: gaps of the allocator, CUDA context, NCCL's buffers with more than one GPU. */
export const frameworkTerm = (peakBytes: Bytes, onCard: OnCard, gpus: number): Term => ({
  id: "framework",
  bytes: bytes(onCard.onCardBytes - peakBytes),
  formula: [
    ...gaps(peakBytes, onCard),
    " + ",
    constant(
      gpus > 1 ? "GiB of CUDA context and NCCL" : "GiB of CUDA context",
      FRAMEWORK.contextGib + FRAMEWORK.ncclGib(gpus),
    ),
    " × ",
    constant("bytes per GiB", GIB),
  ],
});
