import { bytesPerParameter, type ParameterFormat } from "#calc/dtype.ts";
import type { Scenario, Sharding } from "#calc/scenario.ts";

/** Parameters are multiplied in 16 bits, whatever their shards are kept in. */
export const COMPUTE_BYTES = 2;

/** What a strategy divides over the ranks. */
export const SHARDED: Readonly<
  Record<Sharding, Readonly<{ parameters: boolean; gradients: boolean; optimizer: boolean }>>
> = {
  none: { parameters: false, gradients: false, optimizer: false },
  ddp: { parameters: false, gradients: false, optimizer: false },
  zero1: { parameters: false, gradients: false, optimizer: true },
  zero2: { parameters: false, gradients: true, optimizer: true },
  zero3: { parameters: true, gradients: true, optimizer: true },
  fsdp1: { parameters: true, gradients: true, optimizer: true },
  fsdp2: { parameters: true, gradients: true, optimizer: true },
};

/** One GPU shares with nobody: every strategy is none. */
export const effectiveSharding = (scenario: Scenario): Sharding => (scenario.gpus === 1 ? "none" : scenario.sharding);

const isFsdp = (scenario: Scenario): boolean => {
  const sharding = effectiveSharding(scenario);
  return sharding === "fsdp1" || sharding === "fsdp2";
};

const isWide = (format: ParameterFormat): boolean => bytesPerParameter(format) > COMPUTE_BYTES;

const computeMethod = (method: Scenario["method"]): Scenario["method"] =>
  method.kind !== "full" && isWide(method.lora.adapters)
    ? { ...method, lora: { ...method.lora, adapters: "bf16" } }
    : method;

/**
 * The scenario as its layers see it: FSDP multiplies in 16 bits whatever its shards are kept in, adapters too.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_api.py, `MixedPrecisionPolicy.param_dtype`.
 */
export const computeScenario = (scenario: Scenario): Scenario =>
  isFsdp(scenario)
    ? {
        ...scenario,
        weights: isWide(scenario.weights) ? "bf16" : scenario.weights,
        method: computeMethod(scenario.method),
      }
    : scenario;

/**
 * The scenario as its shards are kept: FSDP1 with mixed precision keeps what is trained in fp32, weights, gradients and states
 * (measured: 20 B for each parameter and rank at the peak with for-each AdamW).
 *
 * @see accelerate/accelerator.py, `prepare_model` (trainable parameters upcast to fp32 under FSDP with mixed precision).
 */
export const storageScenario = (scenario: Scenario): Scenario =>
  effectiveSharding(scenario) === "fsdp1" && scenario.method.kind === "full" && scenario.autocast
    ? { ...scenario, weights: "fp32" }
    : scenario;
