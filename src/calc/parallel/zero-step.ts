import { allocated } from "#calc/base/allocation.ts";
import { type Amount, product, constant, counted, plus, share } from "#calc/base/formula.ts";
import type { PlannedTensor } from "#calc/parameters/trained-tensors.ts";
import { countElements } from "#calc/parameters/counts.ts";
import type { Code } from "#calc/step/strategy.ts";
import { gradientSlices, layerCountOf } from "#calc/step/allocator-requests.ts";
import type { StepInput } from "#calc/step/holdings.ts";
import { holdingsOfOneGpu } from "#calc/step/gpu-holdings.ts";
import type { Scenario } from "#calc/model/scenario.ts";

/** A value of the type that ranks compute in: fp16 or bf16. */
export const COMPUTE_BYTES = 2;
export const FP32_BYTES = 4;

/** Elements of the largest tensor; 0 of none. */
export const largestOf = (tensors: readonly PlannedTensor[]): number =>
  tensors.reduce((largest, { elements }) => Math.max(largest, elements), 0);

/** One flat tensor: elements × bytes each, in whole blocks. */
export const flat = (name: string, elements: number, bytesEach: number): Amount => ({
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

const FP64_BYTES = 8;

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
    flat("elements of the largest gradient", largest, FP64_BYTES),
    flat(name, updated, COMPUTE_BYTES + FP32_BYTES),
    plus(flat(name, updated, FP32_BYTES - gone), share(temporaries, counted("parts of the step", parts))),
  );
};

type Method = Scenario["method"];

const withAdapters = (method: Method, adapters: "bf16" | "fp32"): Method =>
  method.kind === "full" ? method : { ...method, lora: { ...method.lora, adapters } };

/** 16-bit parameters beside sharded 4-bit weights stay 16-bit: shards have one type. @see trl/trainer/sft_trainer.py, `is_sharded_qlora` */
const unprepared = (method: Method): Method =>
  method.kind === "qlora" ? { ...method, kbitPreparation: "none" } : method;

/** Whether DeepSpeed runs the scenario. */
export const isZero = ({ sharding }: Scenario): boolean => sharding.startsWith("zero");
const isFsdp = ({ sharding }: Scenario): boolean => sharding === "fsdp1" || sharding === "fsdp2";

/**
 * Whether adapters are whole on every rank, in their own type: PEFT puts them beside a model that transformers shared while it loaded it.
 *
 * @see transformers 5.24, trainer.py, `_sync_replicated_trainable_parameters`
 */
export const hasAdaptersWhole = ({ division }: Scenario): boolean => (division?.ep_size ?? 1) > 1;

/** Whether nothing is cast for FSDP. */
const keepsTypes = ({ sharding, fsdp }: Scenario): boolean => sharding === "fsdp2" && fsdp?.keepsTypes === true;

/**
 * The scenario as parameters are kept between steps. Under mixed precision accelerate keeps trained parameters in fp32. DeepSpeed's engine casts the module to
 * bf16, and keeps fp32 master weights and states of trained parameters. Axolotl puts its own function in the place of accelerate's for FSDP2, which casts nothing.
 *
 * @see accelerate/accelerator.py, `prepare_model`; accelerate/utils/fsdp_utils.py, `fsdp2_prepare_model`; axolotl/monkeypatch/accelerate/fsdp2.py (0.18); deepspeed/runtime/engine.py,
 * `_configure_distributed_model`; deepspeed/runtime/bf16_optimizer.py, zero/stage_1_and_2.py
 */
export const keptScenario = (scenario: Scenario): Scenario => {
  const { method, autocast, optimizerStates, sharding } = scenario;
  if (isZero(scenario))
    return {
      ...scenario,
      weights: "bf16",
      method: withAdapters(unprepared(method), "bf16"),
      masterWeightBytes: 4,
      optimizerStates: optimizerStates ?? "fp32",
    };
  if (!isFsdp(scenario)) return scenario;
  if (!autocast || keepsTypes(scenario)) return { ...scenario, method: unprepared(method) };
  // Under FSDP2 accelerate casts no parameter of a model that has 4-bit ones.
  const adapters =
    sharding === "fsdp2" && method.kind === "qlora" ? unprepared(method) : withAdapters(unprepared(method), "fp32");
  return { ...scenario, method: adapters, ...(method.kind === "full" && { weights: "fp32" }) };
};

/**
 * The scenario as a copy of the policy is kept. accelerate, which keeps trained parameters in fp32, does not see it: TRL shares it out as it was loaded.
 *
 * @see trl 1.16, models/utils.py, `prepare_fsdp`
 */
export const keptScenarioOfCopy = (scenario: Scenario): Scenario =>
  isZero(scenario) ? keptScenario(scenario) : scenario;

/** Whether FSDP 2 runs without mixed precision: it gathers parameters in the type that they are kept in. */
const isUnmixed = ({ sharding, fsdp }: Scenario): boolean => sharding === "fsdp2" && fsdp?.castsInputs === false;

/**
 * The scenario as layers see it. Sharded parameters are gathered and multiplied in 16 bits, whatever type their shards are kept in, but where FSDP 2 runs
 * without mixed precision. DeepSpeed runs without autocast.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_api.py, `MixedPrecisionPolicy.param_dtype`
 */
export const gatheredTypesScenario = (scenario: Scenario): Scenario => {
  if (!isFsdp(scenario) && !isZero(scenario)) return scenario;
  return {
    ...scenario,
    weights: isUnmixed(scenario) ? scenario.weights : "bf16",
    method: hasAdaptersWhole(scenario) ? scenario.method : withAdapters(unprepared(scenario.method), "bf16"),
    autocast: scenario.autocast && !isZero(scenario),
  };
};
