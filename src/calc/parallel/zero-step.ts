// Memory of ZeRO's optimizer step, its default buffers, and types that ranks keep parameters in.

import { ELEMENT_BYTES, COMPUTE_BYTES, FP64_BYTES } from "#calc/base/dtypes.ts";
import { allocated } from "#calc/base/bytes.ts";
import { type Amount, product, constant, counted, plus, share } from "#calc/base/formula.ts";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import { countElements } from "#calc/parameters/counts.ts";
import type { Code } from "#calc/step/strategy.ts";
import { gradientSlices, layerCountOf } from "#calc/step/allocator-requests.ts";
import type { StepInput } from "#calc/step/holdings.ts";
import { holdingsOfOneGpu } from "#calc/step/gpu-holdings.ts";

/** Elements of the largest tensor; 0 of none. */
export const largestOf = (tensors: readonly PlannedTensor[]): number =>
  tensors.reduce((largest, { elements }) => Math.max(largest, elements), 0);

/** One flat tensor: elements × bytes each, in whole blocks. */
export const flatAmount = (name: string, elements: number, bytesEach: number): Amount => ({
  bytes: allocated(elements * bytesEach),
  formula: product(counted(name, elements), constant("bytes each", bytesEach)),
});

/**
 * DeepSpeed's own defaults, in elements, for the settings that accelerate does not derive from the model.
 *
 * @see deepspeed/runtime/zero/config.py (0.19), `DeepSpeedZeroConfig`
 */
export const ZERO_DEFAULTS = {
  /** The most parameters that are whole at once (stage 3): gathering runs ahead of the module that runs until this many are. */
  maxLive: 1_000_000_000,
  /** The most parameters that are updated at once (stage 3). */
  subGroup: 1_000_000_000,
} as const;

/**
 * The values that accelerate puts for "auto", which the configurations of transformers, Axolotl and LLaMA-Factory say. `reduceBucket`: elements of gradients
 * that are reduced at once. `persistent`: parameters of fewer elements stay whole on every rank (stage 3).
 *
 * @see accelerate 1.15, accelerator.py, `_prepare_deepspeed` (`hidden_size_based_keys`)
 */
export const zeroBuckets = (hidden_size: number): Readonly<{ reduceBucket: number; persistent: number }> => ({
  reduceBucket: hidden_size ** 2,
  persistent: 10 * hidden_size,
});

/** Tensors whose values a rank's optimizer updates. */
type Updated = Readonly<{
  /** Those that are trained, whole. */
  whole: readonly PlannedTensor[];
  /** The rank's part of them. */
  shares: readonly PlannedTensor[];
  /** The rank's part of all tensors. */
  states: Pick<StepInput, "base" | "adapters">;
  /** Temporaries of the optimizer where all are updated at once. */
  optimizer: Amount;
}>;

/** Temporaries of the optimizer where only the largest parameter group is updated, which is one flat tensor. */
const temporariesOfGroup = (code: Code, input: StepInput, states: Updated["states"]): Amount => {
  const largest = (groups: readonly PlannedTensor[]): readonly PlannedTensor[] =>
    groups.filter(({ elements }) => elements === largestOf(groups)).slice(0, 1);
  return holdingsOfOneGpu(code, { ...input, base: largest(states.base), adapters: largest(states.adapters) })
    .optimizerTemporaries;
};

const most = (...amounts: readonly [Amount, ...Amount[]]): Amount =>
  amounts.reduce((one, other) => (other.bytes > one.bytes ? other : one));

const larger = (one: number, other: number): number => Math.max(one, other);

/**
 * Temporaries of the optimizer's step beside the 16-bit gradients, the most of three points:
 *
 * 1. The largest gradient in fp64, for its norm; of stages 1 and 2 what the rank’s part has of it.
 * 2. Gradients flattened into a 16-bit copy, and that copy in fp32.
 * 3. The fp32 copy and the optimizer's own temporaries. The buffer of the 16-bit gradients themselves is freed before (−2 B), but not where another parameter
 *    group still has its part of it (full fine-tuning: norms and biases, which have no weight decay), nor in stage 3.
 *
 * Stages 1 and 2 update one parameter group after another, so that the largest counts. Stage 3 updates at most a billion parameters at once.
 *
 * @see deepspeed/runtime/zero/stage_1_and_2.py (0.19), `step`, `get_grad_norm_direct`; stage3.py, `_prepare_sub_group`, `_prepare_fp32_grad_for_sub_group`
 */
export const zeroStep = (code: Code, input: StepInput, { whole, shares, states, optimizer }: Updated): Amount => {
  const { scenario, layout } = input;
  const trained = countElements(shares);
  const isLast = scenario.sharding === "zero3";
  const updated = isLast ? Math.min(trained, ZERO_DEFAULTS.subGroup) : largestOf(shares);
  const largest = isLast
    ? largestOf(shares)
    : gradientSlices(whole, { parts: shares, layersOf: layerCountOf({ layout }) }).reduce(larger, 0);
  const parts = isLast ? Math.max(1, trained / updated) : 1;
  const temporaries = isLast ? optimizer : temporariesOfGroup(code, input, states);
  const gone = !isLast && scenario.method.kind !== "full" ? COMPUTE_BYTES : 0;
  const name = "parameters updated at once";
  return most(
    flatAmount("elements of the largest gradient", largest, FP64_BYTES),
    flatAmount(name, updated, COMPUTE_BYTES + ELEMENT_BYTES.fp32),
    plus(flatAmount(name, updated, ELEMENT_BYTES.fp32 - gone), share(temporaries, counted("parts of the step", parts))),
  );
};
