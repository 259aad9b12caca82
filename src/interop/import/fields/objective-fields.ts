// Fields of a training objective: losses, generation, reference model, row lengths.

import type { ObjectiveId } from "#calc/model/objective.ts";
import {
  type Finding,
  fieldOf,
  type Source,
  namesOf,
  numberOf,
  isOnField,
  isSet,
  readUnmodelled,
  type Unmodelled,
  type Default,
  type FieldRule,
  isOn,
  readAs,
  readFields,
  valueOf,
  takeFlag,
  takeNumber,
  isSeveral,
  wordOf,
  isNone,
} from "#interop/import/source-fields.ts";
import { keysExcludedBy } from "#scenario/choices/settle.ts";

const WEIGHS = "It is of the loss, of one number a row: no memory follows from it.";
const ALIKE = "Losses of this kind take alike.";
const UNKNOWN = "What this loss keeps is not known here.";

/** Fields of numbers that rows have, or of tokens of them. @see trl 1.16: trainer/dpo_config.py, kto_config.py, experimental/cpo/cpo_config.py */
const WEIGHTS: readonly string[] = [
  "beta",
  "label_smoothing",
  "loss_weights",
  "f_divergence_type",
  "f_alpha_divergence_coef",
  "discopop_tau",
  "ld_alpha",
  "desirable_weight",
  "undesirable_weight",
  "simpo_gamma",
  "gamma_beta_ratio",
  "alpha",
  "center_rewards_coefficient",
  "reference_free",
  "force_use_ref_model",
];

/** Losses of one number a row, or a token of it. @see trl 1.16: trainer/dpo_trainer.py, `_compute_loss`; experimental/cpo/cpo_trainer.py, `cpo_loss` */
const LOSSES =
  /^(sigmoid|sigmoid_norm|hinge|ipo|exo_pair|nca_pair|robust|bco_pair|sppo_hard|aot|aot_pair|aot_unpaired|apo_zero|apo_down|discopop|simpo|kto|orpo)$/;

/** Liger's loss on preferences makes no logits. @see trl 0.24: trainer/dpo_config.py, use_liger_loss */
export const LIGERS_LOSS = "Liger's loss stands in the place of TRL's, which is counted.";

const UNMODELLED: readonly Unmodelled[] = [
  { field: "use_liger_loss", when: isOnField, sentence: LIGERS_LOSS },
  {
    field: "rpo_alpha",
    when: isSet,
    sentence: "A loss on chosen answers, beside that of the pair, takes more of their logits than is counted.",
  },
  {
    field: "use_weighting",
    when: isOnField,
    sentence: "Weights of rows by their likelihood take one more number a token from the head.",
  },
];

const readLossType = (source: Source, objective: ObjectiveId): readonly Finding[] => {
  const field = fieldOf(source, "loss_type");
  if (field === undefined || field.value === null) return [];
  if (objective === "kto" && namesOf(field.value).includes("apo_zero_unpaired"))
    return [{ kind: "read", field, key: "kl", text: "0" }];
  const isAlike = objective === "grpo" || namesOf(field.value).every((name) => LOSSES.test(name));
  return [isAlike ? { kind: "ignored", field, sentence: ALIKE } : { kind: "not-modelled", field, sentence: UNKNOWN }];
};

/** What says which objective CPO's trainer has: without a loss on chosen answers it is that of SimPO. @see trl 1.16: experimental/cpo/cpo_trainer.py, `cpo_alpha` */
export const cpoObjective = (source: Source): "cpo" | "simpo" =>
  numberOf(fieldOf(source, "cpo_alpha")?.value) === 0 ? "simpo" : "cpo";

/** Said where SimPO is asked for, and its trainer is CPO's. */
export const SIMPO_BY_CPO: Finding = {
  kind: "filled",
  key: "objective",
  sentence: "cpo_alpha is 1 where nothing is said: a loss on chosen answers is there, too, as in CPO.",
};

const readAlpha = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "cpo_alpha");
  if (field === undefined) return [];
  return [{ kind: "read", field, key: "objective", text: cpoObjective(source) }];
};

/** The fields of a loss on preferences. GRPO's `beta` is none of them: it decides whether there is a reference. */
const readPreferenceLoss = (source: Source, objective: ObjectiveId): readonly Finding[] => {
  const weights = WEIGHTS.flatMap((name): readonly Finding[] => {
    const field = objective === "grpo" && name === "beta" ? undefined : fieldOf(source, name);
    return field === undefined ? [] : [{ kind: "ignored", field, sentence: WEIGHS }];
  });
  const alpha = objective === "cpo" || objective === "simpo" ? readAlpha(source) : [];
  return [...weights, ...alpha, ...readLossType(source, objective), ...readUnmodelled(source, UNMODELLED)];
};

const OF_ALL = "It is of all GPUs together: gensteps counts the micro steps that it has on each.";
const SPREAD = "vLLM over several cards is not counted: each is taken to have the share that is declared.";
const REWARDED = "What rewards is not counted: a model that does would stand beside the policy.";

const UNMODELED_OF_OBJECTIVES: readonly Unmodelled[] = [
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
  const runs = used.some(({ value }) => isOn(value));
  return [
    ...used.map((field): Finding =>
      isOn(field.value)
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
const readGeneration = (source: Source, beta: Default): readonly Finding[] => [
  ...readFields(source, [{ field: "beta", key: "beta", take: takeNumber, otherwise: beta }]),
  ...readFields(source, OF_COMPLETIONS),
  ...readGenerationBatch(source),
  ...readUnmodelled(source, UNMODELED_OF_OBJECTIVES),
  ...readEngine(source),
];

const OWN = "The trainer chooses what it holds the policy against.";
const OTHER = "Another model than the one that is trained: a copy of that one is counted.";
const MIXED = "The reference takes weights of the policy at times, which is not counted.";
const UNSEEN = "It is only known when it runs whether another model is the reference.";
const LOADED = "The reference is counted as the policy is loaded.";

/** Names of a model that stands beside the policy: a script's object, a field. */
const MODELS: readonly string[] = ["ref_model", "ref_model_name_or_path"];

/** Names of the model that is trained. */
const TRAINED: readonly string[] = ["model_name_or_path", "model_name", "model"];

/** Of a script: a name, or a call that loads or copies a model; what a condition decides is neither. */
const IS_MODEL = /^[\w.]+$|\b(from_pretrained|create_reference_model|deepcopy)\(/;

const readModel = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, MODELS);
  if (field === undefined) return [];
  if (!isSet(field.value)) return [{ kind: "ignored", field, sentence: OWN }];
  if (source.calls !== undefined && !IS_MODEL.test(wordOf(field.value)))
    return [{ kind: "not-modelled", field, sentence: UNSEEN }];
  const trained = fieldOf(source, TRAINED);
  const isOther = source.calls === undefined && trained !== undefined && wordOf(field.value) !== wordOf(trained.value);
  return [
    { kind: "read", field, key: "ref", text: "copy" },
    ...(isOther ? [{ kind: "not-modelled", field, sentence: OTHER } as const] : []),
  ];
};

const readPrecomputed = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "precompute_ref_log_probs");
  if (field === undefined) return [];
  return isOn(field.value)
    ? [{ kind: "read", field, key: "ref", text: "precomputed" }]
    : [{ kind: "ignored", field, sentence: OWN }];
};

const readAside = (source: Source): readonly Finding[] =>
  (
    [
      ["sync_ref_model", MIXED],
      ["ref_model_init_kwargs", LOADED],
    ] as const
  ).flatMap(([name, sentence]): readonly Finding[] => {
    const field = fieldOf(source, name);
    return field !== undefined && isSet(field.value) ? [{ kind: "not-modelled", field, sentence }] : [];
  });

/** What the policy is held against. Numbers that were made before go before a model. @see trl 1.16: trainer/dpo_trainer.py, `__init__` */
const readHeldReference = (source: Source, objective: ObjectiveId): readonly Finding[] =>
  keysExcludedBy(objective).has("ref") ? [] : [...readModel(source), ...readPrecomputed(source), ...readAside(source)];

/** What a tool does where nothing says how long rows are. */
type UsualLengths = Readonly<{
  /** Of a row of a pair; absent: another reader says it. */
  row?: Default;
  /** Of a completion that is generated. */
  completion: Default;
}>;

const HALF = "No file says how long prompts are: half of a row is counted.";
const CUT = "Rows are cut at their whole length.";

/** Prompts of GRPO are not cut since TRL 1.0: older versions cut them so. @see trl 0.24: trainer/grpo_config.py, max_prompt_length */
const USUAL_PROMPT: Default = {
  text: "512",
  sentence: "Nothing cuts prompts: as many tokens are counted as TRL up to 0.24 left of them.",
};

/** A length by its field, or as it stands in for one. */
const lengthOf = (source: Source, name: string, [key, usual]: readonly ["prompt" | "completion", Default]): Finding => {
  const field = fieldOf(source, name);
  const tokens = numberOf(field?.value);
  return field === undefined || tokens === undefined
    ? { kind: "assumed", key, ...usual, ...(field && { field }) }
    : { kind: "read", field, key, text: String(tokens) };
};

/** Prompts and what is generated for them. @see trl 1.16: trainer/grpo_config.py, max_completion_length */
const readGenerated = (source: Source, { completion }: UsualLengths): readonly Finding[] => [
  lengthOf(source, "max_prompt_length", ["prompt", USUAL_PROMPT]),
  lengthOf(source, "max_completion_length", ["completion", completion]),
];

const readRow = (source: Source, { row }: UsualLengths): readonly Finding[] => {
  if (row === undefined) return [];
  const field = fieldOf(source, ["max_length", "max_seq_length"]);
  if (field === undefined) return [{ kind: "assumed", key: "seq", ...row }];
  return isNone(field.value) ? [{ kind: "uncut", field }] : readAs(field, "seq", takeNumber(field.value));
};

/** What of a row is prompt, as older versions cut it. @see trl 0.24: trainer/dpo_config.py, max_prompt_length, max_completion_length */
const readParts = (source: Source, row: number | undefined): readonly Finding[] => {
  const [prompt, completion] = ["max_prompt_length", "max_completion_length"].map((name) => fieldOf(source, name));
  const [before, after] = [prompt, completion].map((field) => numberOf(field?.value));
  if (prompt === undefined || before === undefined) {
    if (completion === undefined || after === undefined) return [{ kind: "filled", key: "prompt", sentence: HALF }];
    return [{ kind: "read", field: completion, key: "completion", text: String(after) }];
  }
  const isWhole = after !== undefined && (row === undefined || before + after <= row);
  return [
    { kind: "read", field: prompt, key: "prompt", text: String(before) },
    ...(completion === undefined || after === undefined
      ? []
      : [
          isWhole
            ? ({ kind: "read", field: completion, key: "completion", text: String(after) } as const)
            : ({ kind: "ignored", field: completion, sentence: CUT } as const),
        ]),
  ];
};

/** How long rows are, and what of them is prompt, by the names of TRL's configs. */
const readRowLengths = (source: Source, objective: ObjectiveId, usual: UsualLengths): readonly Finding[] => {
  if (objective === "grpo") return readGenerated(source, usual);
  const row = readRow(source, usual);
  const rows = row.flatMap((found) => ("text" in found && found.key === "seq" ? [Number(found.text)] : []));
  const [whole = numberOf(fieldOf(source, "max_length")?.value)] = rows;
  return [...row, ...readParts(source, whole)];
};

/** What a tool does where nothing is said. */
export type UsualObjective = UsualLengths & Readonly<{ beta: Default }>;

/** TRL's own. @see trl 1.16: trainer/dpo_config.py:195, grpo_config.py:494, 681 */
export const TRL_OBJECTIVE_DEFAULTS: UsualObjective = {
  row: { text: "1024", sentence: "TRL's default (1.16, trainer/dpo_config.py:195)." },
  completion: { text: "512", sentence: "TRL's default (1.16, trainer/grpo_config.py:494)." },
  beta: { text: "0", sentence: "TRL's default (1.16, trainer/grpo_config.py:681): no reference." },
};

/** All that says something of an objective that is counted, beside its name, by the names of TRL's configs. */
export const readObjectiveFields = (
  source: Source,
  objective: ObjectiveId,
  usual: UsualObjective,
): readonly Finding[] => [
  ...readRowLengths(source, objective, usual),
  ...readHeldReference(source, objective),
  ...readPreferenceLoss(source, objective),
  ...(objective === "grpo" ? readGeneration(source, usual.beta) : []),
];
