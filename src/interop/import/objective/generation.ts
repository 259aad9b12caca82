import type { Default } from "#interop/import/defaults-of.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, type FieldRule, isOn, readAs, readFields, valueOf } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { numberOf, takeFlag, takeNumber } from "#interop/import/take.ts";
import { isSet, isSeveral, readUnmodelled, type Unmodelled } from "#interop/import/unmodelled.ts";

const OF_ALL = "It is of all GPUs together: gensteps counts the micro steps that it has on each.";
const SPREAD = "vLLM over several cards is not counted: each is taken to have the share that is declared.";
const REWARDED = "What rewards is not counted: a model that does would stand beside the policy.";

const UNMODELLED: readonly Unmodelled[] = [
  { field: "vllm_tensor_parallel_size", when: isSeveral, sentence: SPREAD },
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

const OFF = "vLLM is off, or on other cards.";

/** What says of vLLM on the trainer's cards how much of them it has, and when. */
const OF_SHARE = [
  { name: "vllm_gpu_memory_utilization", key: "vllm", take: takeNumber },
  { name: "vllm_enable_sleep_mode", key: "sleep", take: takeFlag },
] as const;

/** Fields of vLLM's share: read where vLLM is on the cards that train. */
const readShare = (source: Source, isHere: boolean): readonly Finding[] =>
  OF_SHARE.flatMap(({ name, key, take }): readonly Finding[] => {
    const field = fieldOf(source, name);
    if (field === undefined || field.value === null) return [];
    const taken = isHere ? take(field.value) : null;
    return typeof taken === "string"
      ? [{ kind: "read", field, key, text: taken }]
      : [{ kind: "ignored", field, sentence: OFF }];
  });

/** Where completions are generated: `use_vllm`, or Unsloth's `fast_inference`, on the same cards unless a server is named. @see trl 1.16: trainer/grpo_config.py:587, 594 */
const readEngine = (source: Source): readonly Finding[] => {
  const mode = fieldOf(source, "vllm_mode");
  const engine = mode?.value === "server" ? "vllm-server" : "vllm-colocate";
  const used = ["use_vllm", "fast_inference"].flatMap((name) => fieldOf(source, name) ?? []);
  const runs = used.some(({ value }) => isOn(value ?? undefined));
  return [
    ...used.map((field): Finding =>
      isOn(field.value ?? undefined)
        ? { kind: "read", field, key: "engine", text: engine }
        : { kind: "ignored", field, sentence: OFF },
    ),
    ...(mode === undefined
      ? []
      : [
          runs
            ? ({ kind: "read", field: mode, key: "engine", text: engine } as const)
            : ({ kind: "ignored", field: mode, sentence: OFF } as const),
        ]),
    ...readShare(source, runs && engine === "vllm-colocate"),
  ];
};

/** How many completions a prompt has, and of how many micro steps they are generated at once. */
const OF_COMPLETIONS: readonly FieldRule[] = [
  { field: "num_generations", key: "generations", take: takeNumber },
  { field: "steps_per_generation", key: "gensteps", take: takeNumber },
];

/** Rows that all GPUs generate at once: so many micro steps, where the file says what rows one has and they are those of one GPU. */
const readGenerationBatch = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "generation_batch_size");
  if (field === undefined) return [];
  const rows = numberOf(field.value);
  const batch = numberOf(valueOf(source, "per_device_train_batch_size"));
  if (rows === undefined || batch === undefined || rows % batch !== 0)
    return isSet(field.value) ? [{ kind: "not-modelled", field, sentence: OF_ALL }] : readAs(field, "gensteps", null);
  return readAs(field, "gensteps", String(rows / batch));
};

/** GRPO's weight of the distance from a reference, and what makes its rows. @see trl 1.16: trainer/grpo_config.py */
export const readGeneration = (source: Source, beta: Default): readonly Finding[] => [
  ...readFields(source, [{ field: "beta", key: "beta", take: takeNumber, otherwise: beta }]),
  ...readFields(source, OF_COMPLETIONS),
  ...readGenerationBatch(source),
  ...readUnmodelled(source, UNMODELLED),
  ...readEngine(source),
];
