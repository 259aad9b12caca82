import type { Formula } from "#calc/base/formula/formula.ts";
import { constant, counted } from "#calc/base/formula/inputs.ts";
import { type Bytes, bytes, GIB } from "#calc/base/quantity.ts";
import type { OnCard } from "#calc/model/memory-estimate.ts";
import type { Term } from "#calc/model/term.ts";
import { FRAMEWORK } from "./on-card.ts";

/** What is above PyTorch's peak: of a replay the gaps between its tensors, of the rule a share of the peak. */
const aboveThePeak = (peakBytes: number, { basis, neededBytes }: OnCard): Formula =>
  basis === "replay"
    ? [counted("gaps of the allocator", neededBytes - peakBytes)]
    : [counted("peak", peakBytes), " × ", constant("allocator's reserve", FRAMEWORK.reserveFraction)];

/** What the card takes on top of PyTorch's peak, as the term `framework`. */
export const frameworkTerm = (peakBytes: Bytes, onCard: OnCard, gpus: number): Term => ({
  id: "framework",
  bytes: bytes(onCard.onCardBytes - peakBytes),
  formula: [
    ...aboveThePeak(peakBytes, onCard),
    " + ",
    constant("GiB of CUDA context and NCCL", FRAMEWORK.contextGib + FRAMEWORK.ncclGib(gpus)),
    " × ",
    constant("bytes per GiB", GIB),
  ],
});
