// Objective of an ms-swift command: SFT, pre-training or one of its RLHF types.

import {
  type Finding,
  fieldOf,
  type Source,
  wordOf,
  type SourceField,
  quoted,
  isOnField,
  isSet,
  readUnmodelled,
  type Unmodelled,
  unknownFinding,
} from "#interop/import/source-fields.ts";
import type { ObjectiveId } from "#calc/model/objective.ts";
import { type RunsTrl, withTrlNames } from "#interop/import/fields/trl-runs.ts";
import { countedObjective } from "#interop/import/fields/counted-objective.ts";
import {
  SIMPO_BY_CPO,
  cpoObjective,
  readObjectiveFields,
  type UsualObjective,
} from "#interop/import/fields/objective-fields.ts";
import { swiftDefault } from "./ms-swift-method.ts";

/** `swift rlhf` without a word of what for is DPO. @see ms-swift@3602360a:swift/arguments/rlhf_args.py */
const USUAL = "dpo";

const OF_RLHF = /\b(?:swift|megatron)\b.*\brlhf\b/;

type Asked = Readonly<{ name: string; field: SourceField }>;

const asked = (source: Source): Asked | undefined => {
  const type = fieldOf(source, "rlhf_type");
  if (type !== undefined && isSet(type.value)) return { name: wordOf(type.value), field: type };
  const command = fieldOf(source, "command");
  return command !== undefined && OF_RLHF.test(wordOf(command.value)) ? { name: USUAL, field: command } : undefined;
};

/** SimPO is CPO's trainer here. @see ms-swift@3602360a:swift/arguments/rlhf_args.py, _init_simpo */
const countedOf = (source: Source, { name }: Asked): ObjectiveId | undefined =>
  countedObjective(/^(cpo|simpo)$/.test(name) ? cpoObjective(source) : name);

/** What a run trains for, as far as that is counted. */
export const swiftObjective = (source: Source): ObjectiveId | undefined => {
  const what = asked(source);
  return what && countedOf(source, what);
};

const OTHER_MODEL = "Another model stands beside the one that is trained: it is not counted.";

const UNCOUNTED: readonly Unmodelled[] = [
  {
    field: "use_vllm",
    when: isOnField,
    sentence: "vLLM holds a part of the card, or other cards, beside the training.",
  },
  { field: ["ref_model", "reward_model", "teacher_model", "value_model"], when: isSet, sentence: OTHER_MODEL },
];

/** @see ms-swift@3602360a:swift/arguments/rlhf_args.py */
const OF_SWIFT: UsualObjective = {
  completion: swiftDefault("512", "arguments/rlhf_args.py:242"),
  beta: swiftDefault("0.04", "arguments/rlhf_args.py:357"),
};

/** All that TRL's configs call as it does. Prompts of GRPO are cut at `max_length`. */
const SAME =
  `beta loss_type loss_weights cpo_alpha simpo_gamma rpo_alpha label_smoothing desirable_weight undesirable_weight f_divergence_type ld_alpha
discopop_tau reference_free use_weighting sync_ref_model ref_model teacher_model max_completion_length num_generations steps_per_generation generation_batch_size
num_iterations use_vllm vllm_mode vllm_gpu_memory_utilization vllm_tensor_parallel_size reward_funcs reward_model model`.split(
    /\s+/,
  );

const NAMES = Object.fromEntries(SAME.map((name) => [name, name]));

const OF_GRPO = { ...NAMES, max_prompt_length: "max_length" };

/** What a run of `swift rlhf` trains for, and what its flags say of it; of another objective that it changes memory. */
export const readSwiftObjective = (source: Source): readonly Finding[] => {
  const what = asked(source);
  const objective = what && countedOf(source, what);
  if (what === undefined) return readUnmodelled(source, UNCOUNTED);
  if (objective === undefined) {
    const sentence = `Headroom does not estimate the objective ${quoted(what.name)}.`;
    return [unknownFinding(what.field, ["objective", what.name], sentence), ...readUnmodelled(source, UNCOUNTED)];
  }
  const { name, field } = what;
  return [
    field.path === "command"
      ? { kind: "assumed", field, key: "objective", ...swiftDefault(objective, "arguments/rlhf_args.py:233") }
      : { kind: "read", field, key: "objective", text: objective },
    ...(name === "simpo" && objective === "cpo" ? [SIMPO_BY_CPO] : []),
    ...readObjectiveFields(withTrlNames(source, objective === "grpo" ? OF_GRPO : NAMES), objective, OF_SWIFT),
  ];
};

/** @see ms-swift@3602360a:swift/rlhf_trainers/dpo_trainer.py, grpo_trainer.py; its requirements, trl below 1.0 */
export const SWIFT_RUNS: RunsTrl = {
  tool: "ms-swift",
  stack: "transformers",
  runs: "ms-swift 4.6 has trainers of its own over TRL up to 0.29, with whole logits",
  without: "without what its own do otherwise",
  isWhole: true,
};
