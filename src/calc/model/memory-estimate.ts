// Memory estimate of one method on each GPU: moments, terms, fit, accuracy class, and the engine's refusals.

import type { Bytes } from "#calc/base/bytes.ts";
import type { PerTerm, Term, TermId } from "./terms.ts";
import { assert } from "#calc/base/guards.ts";

/** The moments of one training step (the second: optimizer states exist). */
export const MOMENT_IDS = ["load", "forward", "backward", "step", "zero"] as const;
export type MomentId = (typeof MOMENT_IDS)[number];

/** What is alive at a moment: at its end, and at its highest since the moment before. */
export type MomentOf<What> = Readonly<{ id: MomentId; live: What; peak: What }>;

/** Memory at one moment of the step: alive at its end, and the highest since the moment before; `terms` sum to `peakBytes`. */
export type Moment = Readonly<{
  id: MomentId;
  liveBytes: Bytes;
  peakBytes: Bytes;
  terms: PerTerm<Bytes>;
}>;

/** A peak of PyTorch as it is seen on a card, on each GPU. */
export type OnCard = Readonly<{
  /** `replay`: PyTorch's allocator was replayed with what the run asks it for. `rule`: factors of measured pairs, the same for every run. */
  basis: "replay" | "rule";
  /** The least that PyTorch's allocator goes on with. */
  neededBytes: Bytes;
  /** `torch.cuda.max_memory_reserved()`: what the allocator holds on the card where the run fits, and with room to spare where it does not. */
  reservedBytes: Bytes;
  /** What must fit: needed, the CUDA context, and NCCL's buffers with more than one GPU. */
  onCardBytes: Bytes;
  /** The least available memory in which it fits; with less it may not fit (`tight`). */
  comfortableBytes: Bytes;
  /** From the least that must fit to the most that is seen. */
  onCardRangeBytes: readonly [low: Bytes, high: Bytes];
}>;

/** What one method takes on each GPU. */
export type MemoryEstimate = OnCard &
  Readonly<{
    /** Base model parameters, without adapters; tied weights once. */
    params: number;
    trainableParams: number;
    /** `torch.cuda.max_memory_allocated()`: the highest moment. */
    peakBytes: Bytes;
    peakMoment: MomentId;
    /** What each GPU's process keeps in host memory; 0 where nothing is offloaded. */
    hostBytes: Bytes;
    /** All eight, in stack order; they sum to `onCardBytes`, and without `framework` to `peakBytes`. */
    terms: readonly Term[];
    moments: readonly Moment[];
  }>;

/** The outcome on a card that has all that the run needs. `tight`: it may not fit. */
export type RunFit = "fits" | "tight" | "over";

/** `cannot-run`: whatever it takes, the card lacks what it needs. */
export type Fit = RunFit | "cannot-run";

/** One estimate held against one card. */
export type CardFit = Readonly<{
  fit: Fit;
  /** usable − used − on card; negative when over. */
  headroomBytes: Bytes;
  /** What the card lacks to run it ("no flash kernel"); null where it runs. */
  cannotRun: string | null;
}>;

/** One stage of a pipeline: its layers, from the first to before the last, the micro batches that it keeps at once, and its peak. */
export type StagePeak = Readonly<{
  from: number;
  to: number;
  isFirst: boolean;
  isLast: boolean;
  inFlight: number;
  peakBytes: Bytes;
}>;

/** What a scenario can ask for by name that an engine was not made with, or that does not go with the rest. */
export type RefusalCode =
  | "unknown-model"
  | "unknown-modelling"
  | "unknown-optimizer"
  | "unknown-tuner"
  | "unsuited-tuner"
  | "unknown-objective"
  | "unknown-strategy"
  | "unknown-activations";

/** Why an engine gives no estimate: what the scenario names it does not know, or nobody can run, and another number would be wrong. */
export type Refusal = Readonly<{
  refused: true;
  code: RefusalCode;
  /** The name: `muon`. */
  subject: string;
  /** The same in a sentence, for a reader. */
  sentence: string;
}>;

/**
 * The estimate, for a caller whose scenarios name nothing that the engine does not know: choices were parsed against the same lists.
 *
 * @throws Error with the refusal's sentence when it was refused nonetheless
 */
export const estimated = (answer: MemoryEstimate | Refusal): MemoryEstimate => {
  assert(!("refused" in answer), "refused" in answer ? answer.sentence : "");
  return answer;
};

/** Bytes of one term of an estimate; 0 where it has none. */
export const termBytes = ({ terms }: Pick<MemoryEstimate, "terms">, id: TermId): number =>
  terms.find((term) => term.id === id)?.bytes ?? 0;

/** The way in which a figure was found, which decides how near the edge of a card it can be trusted. */
export const EDGE_CLASSES = ["one", "several", "rule"] as const;
export type EdgeClass = (typeof EDGE_CLASSES)[number];

/** `rule` without a replay of the allocator; with one, `one` GPU or `several`. */
export const edgeClass = (basis: OnCard["basis"], gpus: number): EdgeClass => {
  if (basis === "rule") return "rule";
  return gpus > 1 ? "several" : "one";
};
