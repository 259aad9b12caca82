import type { Default } from "#interop/import/defaults-of.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, isOn, readFields } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { takeNumber } from "#interop/import/take.ts";
import { isSet, isSeveral, readUnmodelled, type Unmodelled } from "#interop/import/unmodelled.ts";

const GENERATED = "What generates is not counted: the step is, with the rows that it trains on.";
const VLLM = "vLLM is not counted, whether it is on this card or on others: the step is.";
const REWARDED = "What rewards is not counted: a model that does would stand beside the policy.";

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: ["num_generations", "steps_per_generation", "generation_batch_size"],
    when: isSet,
    sentence: GENERATED,
  },
  { field: ["use_vllm", "fast_inference"], when: isSet, sentence: VLLM },
  {
    field: ["reward_funcs", "reward_model_name_or_path", "reward_model_path", "reward_model"],
    when: isSet,
    sentence: REWARDED,
  },
  {
    field: "num_iterations",
    when: isSeveral,
    sentence: "Log-probabilities of the policy as it was take one more forward, which is not counted.",
  },
];

/** Of vLLM where it is on. @see trl 1.16: trainer/grpo_config.py */
const OF_VLLM = "vllm_mode vllm_gpu_memory_utilization vllm_enable_sleep_mode vllm_tensor_parallel_size".split(" ");

const OFF = "vLLM is off.";

const readVllm = (source: Source): readonly Finding[] => {
  const runs = isOn(fieldOf(source, "use_vllm")?.value ?? undefined);
  return OF_VLLM.flatMap((name): readonly Finding[] => {
    const field = fieldOf(source, name);
    if (field === undefined) return [];
    return [runs ? { kind: "not-modelled", field, sentence: VLLM } : { kind: "ignored", field, sentence: OFF }];
  });
};

/** GRPO's weight of the distance from a reference, and what makes its rows. @see trl 1.16: trainer/grpo_config.py */
export const readGeneration = (source: Source, beta: Default): readonly Finding[] => [
  ...readFields(source, [{ field: "beta", key: "beta", take: takeNumber, otherwise: beta }]),
  ...readUnmodelled(source, UNMODELLED),
  ...readVllm(source),
];
