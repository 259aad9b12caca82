import { ENGINE } from "#calc/whole-engine.ts";
import { fitOnCard } from "#calc/card/fit.ts";
import type { Fit, OnCard } from "#calc/model/memory-estimate.ts";
import { type Bytes, bytes, GB, GIB } from "#calc/base/bytes.ts";
import { TRAITS_OF_ANY } from "#catalog/gpu-support.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { answerGpu } from "#scenario/choices/chosen-gpu.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { GpuChoice } from "#scenario/keys/values.ts";
import { cardMemoryOf } from "#scenario/choices/gpu-memory.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { factRun, type FitFact } from "./fit-fact.ts";
import type { Side } from "./known-reason.ts";
import type { LeftOutRun } from "./left-out-run.ts";
import { longestContext } from "./longest-context.ts";
import type { MeasuredRun } from "./measured-run.ts";
import { isNotMapped } from "./not-mapped.ts";
import { runChoices } from "./run-choices.ts";
import { runGpu } from "./run-gpu.ts";
import { runScenario } from "./run-scenario.ts";

/** A context counts as found when it is off by no more than this share. */
const CONTEXT_TOLERANCE = 0.15;

/** What happened, what was predicted, and whether the two agree. */
export type HeldFit = Readonly<{
  run: MeasuredRun;
  /** It ran, it ran out of memory, or this was the longest context. */
  kind: "ran" | "failed" | "context";
  link: string;
  gpus: number;
  /** What the run takes on the card: by a replay of the allocator where there is one, elsewhere by the rule. */
  onCard: OnCard;
  usableBytes: Bytes;
  fit: Fit;
  /** For a context: the longest that is predicted to go on the card. */
  tokens: number | null;
  isHit: boolean;
}>;

/** The card of a fact: what torch reported of it; a whole number of GiB is the label on the box; else the card that it names. */
const factGpu = ({ gpu_mem_gib: gib, gpu }: FitFact): GpuChoice | null => {
  if (gib === null) return runGpu({ gpu });
  return Number.isInteger(gib)
    ? { kind: "custom", memoryBytes: gib * GB, unit: "GB" }
    : { kind: "custom", memoryBytes: gib * GIB, unit: "GiB" };
};

/** Tight with the high end over counts as a failure foreseen: the run may fail. */
const foresaw = (fit: Fit, [, high]: OnCard["onCardRangeBytes"], usableBytes: Bytes): boolean =>
  fit === "over" || (fit === "tight" && high > usableBytes);

const hold = (run: MeasuredRun, kind: HeldFit["kind"], gpu: GpuChoice | null): HeldFit | LeftOutRun => {
  const mapped = runChoices(run);
  if (isNotMapped(mapped)) return { run, why: mapped.why };
  if (gpu === null) return { run, why: "its source names no card that it ran on" };
  const choices: Choices = { ...mapped, gpu };
  const usableBytes = bytes(answerGpu(choices.gpu, FULL_CATALOG).usableBytes);
  const scenario = runScenario(choices, run);
  const estimate = ENGINE.estimate(scenario);
  if ("refused" in estimate) return { run, why: estimate.sentence };
  const onCard = cardMemoryOf(scenario, estimate.peakBytes, TRAITS_OF_ANY).onCard();
  const { fit } = fitOnCard(onCard, usableBytes);
  const tokens = kind === "context" ? longestContext(scenario, usableBytes) : null;
  const hits: Readonly<Record<HeldFit["kind"], () => boolean>> = {
    ran: () => fit !== "over",
    failed: () => foresaw(fit, onCard.onCardRangeBytes, usableBytes),
    context: () => Math.abs((tokens ?? 0) / scenario.sequence_length - 1) <= CONTEXT_TOLERANCE,
  };
  return {
    run,
    kind,
    link: encodeLink(choices),
    gpus: scenario.gpus,
    onCard,
    usableBytes,
    fit,
    tokens,
    isHit: hits[kind](),
  };
};

/** On which side of what happened a prediction is that missed it: a run that went was predicted larger than it is, a failure smaller. */
export const missSide = ({ kind, tokens, run }: Pick<HeldFit, "kind" | "tokens" | "run">): Side => {
  if (kind === "context") return (tokens ?? 0) < (run.seq_len ?? 0) ? "above" : "below";
  return kind === "ran" ? "above" : "below";
};

const kindOf = ({ fits }: FitFact): HeldFit["kind"] => {
  if (fits === "max context") return "context";
  return fits ? "ran" : "failed";
};

/** Holds a published fact against what is predicted of that run on that card. */
export const holdFact = (fact: FitFact): HeldFit | LeftOutRun => hold(factRun(fact), kindOf(fact), factGpu(fact));

/** A run that was measured ran: it has to be predicted to go on its card. */
export const holdMeasured = (run: MeasuredRun): HeldFit | LeftOutRun => hold(run, "ran", runGpu(run));
