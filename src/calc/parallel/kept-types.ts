// Data types in which ranks keep and gather parameters under ZeRO and FSDP.

import type { Scenario } from "#calc/model/scenario.ts";

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
