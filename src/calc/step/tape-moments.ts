import { bytesPerParameter } from "#calc/dtype.ts";
import { hasForward } from "#calc/families/forward/forward-of.ts";
import { type Amount, NOTHING, plus } from "#calc/formula/amount.ts";
import { counted } from "#calc/formula/inputs.ts";
import type { Machine } from "#calc/machine.ts";
import { computeScenario } from "#calc/parallel/sharding.ts";
import type { Scenario } from "#calc/scenario.ts";
import { BLOCK_BYTES } from "#calc/allocation.ts";
import type { CompiledStep } from "./compile-step.ts";
import { compiledStep } from "./compiled-step.ts";
import type { Extra, Point, RunMoment } from "./evaluate-step.ts";
import { evaluateStep, sizesAt } from "./evaluate-step.ts";
import type { Holdings } from "./holdings.ts";
import type { Parts, StepMoment } from "./parts.ts";
import { partsAt } from "./parts-at.ts";
import { polynomialAmount } from "./polynomial-formula.ts";
import { standing } from "./standing.ts";
import type { StepOptions } from "./step-options.ts";
import { stepOptionsOf } from "./step-options.ts";
import { ELEMENT_BYTES } from "#calc/tape/element.ts";

/** What the tape knows of a step: its forward and backward, and the model's buffers, which are no parameters. */
export type TapeMoments = Readonly<{ buffers: Amount; forward: StepMoment; backward: StepMoment }>;

const buffersOf = ({ bufferBlocks }: CompiledStep): Amount => {
  const bytes = bufferBlocks * BLOCK_BYTES;
  return bytes === 0 ? NOTHING : { bytes, formula: [counted("bytes of buffers", bytes)] };
};

/** Which share of a gradient stays on the GPU, in the type that the scenario wants it in: a gradient of the tape has its parameter's. */
const gradientShareOf = (scenario: Scenario, options: StepOptions, shards: number): number => {
  const { gradients, method, weights } = scenario;
  const format = gradients ?? (method.kind === "full" ? weights : method.lora.adapters);
  const element = method.kind === "full" ? options.weights : options.adapters;
  return bytesPerParameter(format) / ELEMENT_BYTES[element] / shards;
};

/** The compiled step, or null for an architecture that does not fit the modelling code of its type, which no run could have either. */
const compiledOrNull = (options: StepOptions): CompiledStep | null => {
  try {
    return compiledStep(options);
  } catch {
    return null;
  }
};

/** What sharding adds while layers run, and before and after them. */
const extrasOf = ({ gathered, unreduced }: Holdings): Readonly<Record<"forward" | "backward", Extra>> => ({
  forward: { inLayers: gathered.inLayers.bytes, outside: gathered.atLoss.bytes },
  backward: {
    inLayers: gathered.inLayers.bytes + unreduced.layer.bytes,
    outside: Math.max(gathered.atLoss.bytes, gathered.atEnd.bytes + unreduced.root.bytes),
  },
});

const extraAmount = ({ gathered, unreduced }: Holdings, { id, peak }: RunMoment): Amount => {
  if (peak.isInLayers) return id === "forward" ? gathered.inLayers : plus(gathered.inLayers, unreduced.layer);
  const atEnd = plus(gathered.atEnd, unreduced.root);
  return id === "backward" && atEnd.bytes > gathered.atLoss.bytes ? atEnd : gathered.atLoss;
};

/**
 * Forward and backward of the last micro step, from the tape; null for a family that the tape does not have. What stands through the whole step
 * (weights in whatever format, adapters, optimizer states, the machine's own workspace) and what sharding adds come from `holdings`.
 */
export const tapeMoments = (scenario: Scenario, machine: Machine, holdings: Holdings): TapeMoments | null => {
  if (!hasForward(scenario.architecture)) return null;
  const whole = stepOptionsOf(computeScenario(scenario), !machine.gradientsAddInPlace);
  const options = { ...whole, gradientShare: gradientShareOf(scenario, whole, holdings.gradientShards) };
  const compiled = compiledOrNull(options);
  if (compiled === null) return null;
  const point: Point = {
    micro_batch_size: scenario.micro_batch_size,
    sequence_length: scenario.sequence_length,
  };
  const sizes = sizesAt(compiled.ledger, point, compiled.chunkTokens);
  const chunk = compiled.chunkTokens(point.micro_batch_size * point.sequence_length);
  const buffers = buffersOf(compiled);
  const base = standing(holdings, "none");
  const partsOf = (place: RunMoment["peak"], extra: Amount): Parts => {
    const counts = partsAt(compiled, place);
    const amount = (part: Float64Array): Amount => polynomialAmount(compiled.ledger, part, { point, sizes, chunk });
    return {
      weights: base.weights,
      adapters: base.adapters,
      optimizer: base.optimizer,
      gradients: amount(counts.gradients),
      activations: amount(counts.activations),
      logits: amount(counts.logits),
      workspace: plus(base.workspace, buffers, extra, amount(counts.workspace)),
    };
  };
  const { moments } = evaluateStep(compiled, point, extrasOf(holdings));
  const momentOf = (id: RunMoment["id"]): StepMoment => {
    const moment = moments.findLast((each) => each.id === id) as RunMoment;
    return { id, live: partsOf(moment.live, NOTHING), peak: partsOf(moment.peak, extraAmount(holdings, moment)) };
  };
  return { buffers, forward: momentOf("forward"), backward: momentOf("backward") };
};
