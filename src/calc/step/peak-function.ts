import { bytesPerParameterEstimate } from "#calc/accounting/bytes-per-parameter.ts";
import { BLOCK_BYTES } from "#calc/allocation.ts";
import { CUDA, type Machine } from "#calc/machine.ts";
import { type Bytes, bytes } from "#calc/quantity.ts";
import type { Scenario } from "#calc/scenario.ts";
import { compiledStep } from "./compiled-step.ts";
import { evaluateStep, type Point, type RunMoment } from "./evaluate-step.ts";
import { holdingsOf, stepInputOf } from "./holdings.ts";
import { tapeOptionsOf } from "./tape-options.ts";

/**
 * `estimateMemory(scenario).peakBytes` as a function of batch and length alone, for searches that ask at dozens of points: everything that does not move
 * with them is computed once, and no part has a formula.
 *
 * @returns peak of PyTorch's allocator at a micro batch and a sequence length, in bytes
 */
export const peakFunction = (scenario: Scenario, machine: Machine = CUDA): ((point: Point) => Bytes) => {
  if (scenario.accounting === "bytes-per-parameter") {
    const { peakBytes } = bytesPerParameterEstimate(scenario);
    return () => peakBytes;
  }
  const holdings = holdingsOf(stepInputOf(scenario, machine));
  const { weights, adapters, optimizer, optimizerTemporaries, cublas, buffers, gradients } = holdings;
  return (point) => {
    // A batch of one row has a step of its own.
    const compiled = compiledStep(tapeOptionsOf({ ...scenario, ...point }, machine));
    const { loadedBytes, moments } = evaluateStep(compiled, point);
    const loaded = weights.bytes + adapters.bytes + compiled.bufferBlocks * BLOCK_BYTES;
    // The tape knows base weights as it computes with them, not as they are stored: its own are taken out.
    const standing = loaded + optimizer.bytes + cublas.bytes + buffers.bytes + gradients.bytes - loadedBytes;
    const [forward, backward] = moments.slice(-2) as [RunMoment, RunMoment];
    const atStep = backward.liveBytes + optimizerTemporaries.bytes;
    const highest = Math.max(forward.peakBytes, backward.peakBytes, atStep);
    return bytes(Math.max(loaded, Math.ceil(standing + highest)));
  };
};
