import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { type Amount, plus } from "#calc/base/formula/amount.ts";
import { counted } from "#calc/base/formula/inputs.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { CompiledStep } from "./compiled-step.ts";
import type { RunMoment } from "./evaluate-step.ts";
import { evaluateStep, sizesAt } from "./evaluate-step.ts";
import type { Holdings, StepInput } from "./holdings.ts";
import { NO_PARTS, type Parts, type StepMoment } from "./parts.ts";
import { countsAt } from "./parts-at.ts";
import { polynomialAmounts } from "./polynomial-formula.ts";
import { stateAtEndOf } from "./strategy-of.ts";
import { tapeOptionsOf } from "./tape-options.ts";
import type { Workings } from "./workings.ts";

/** What the model has beside parameters: inverse frequencies, scales. */
const buffersOf = ({ bufferBlocks }: CompiledStep): Amount => {
  const bytes = bufferBlocks * BLOCK_BYTES;
  return { bytes, formula: [counted("bytes of buffers", bytes)] };
};

/** Forward and backward of the last micro step that the tape runs. */
const tapeMoments = (
  scenario: Scenario,
  compiled: CompiledStep,
  holdings: Holdings,
): readonly [forward: StepMoment, backward: StepMoment] => {
  const sizes = sizesAt(compiled.ledger, scenario, compiled.chunkTokens);
  const chunk = compiled.chunkTokens(scenario.micro_batch_size * scenario.sequence_length, scenario.micro_batch_size);
  const { weights, adapters, optimizer, cublas, buffers } = holdings;
  const workspace = plus(cublas, buffers, buffersOf(compiled));
  const partsOf = (place: RunMoment["peak"]): Parts => {
    const amount = polynomialAmounts(compiled.ledger, countsAt(compiled, place), { point: scenario, sizes, chunk });
    return {
      weights,
      adapters,
      optimizer,
      gradients: plus(holdings.gradients, amount("gradients")),
      activations: amount("activations"),
      logits: amount("logits"),
      workspace: plus(workspace, amount("workspace")),
    };
  };
  const { moments } = evaluateStep(compiled, scenario);
  const momentOf = ({ id, live, peak }: RunMoment): StepMoment => ({ id, live: partsOf(live), peak: partsOf(peak) });
  const [forward, backward] = moments.slice(-2) as [RunMoment, RunMoment];
  return [momentOf(forward), momentOf(backward)];
};

/**
 * The moments of the second step, in order; forward and backward are those of the last micro step, from the tape. What stands through the whole
 * step (weights in whatever format, adapters, optimizer states, the machine's own workspace, buffers of communication) comes from `holdings`.
 */
export const stepMoments = (
  workings: Workings,
  { scenario, machine }: StepInput,
  holdings: Holdings,
): readonly StepMoment[] => {
  const compiledFor = (of: Scenario): CompiledStep => workings.compiledStep(tapeOptionsOf(workings, of, machine));
  const compiled = compiledFor(scenario);
  const [forward, backward] = tapeMoments(scenario, compiled, holdings);
  const end = stateAtEndOf(workings, scenario);
  const { live } = end === scenario ? backward : tapeMoments(end, compiledFor(end), holdings)[1];
  const { weights, adapters, optimizerTemporaries } = holdings;
  const loaded: Parts = { ...NO_PARTS, weights, adapters, workspace: buffersOf(compiled) };
  return [
    { id: "load", live: loaded, peak: loaded },
    forward,
    backward,
    { id: "step", live, peak: { ...live, workspace: plus(live.workspace, optimizerTemporaries) } },
    { id: "zero", live: { ...live, gradients: holdings.gradients }, peak: live },
  ];
};
