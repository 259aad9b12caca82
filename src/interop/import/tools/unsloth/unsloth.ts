// Reader of Unsloth scripts and notebooks.

import {
  unknownFinding,
  type ToolReader,
  type Finding,
  fieldOf,
  type Source,
  wordOf,
  isOnField,
  isSet,
  readUnmodelled,
  type Unmodelled,
} from "#interop/import/source-fields.ts";
import { readTeacher } from "#interop/import/fields/teacher.ts";
import { countedAsTrl, type RunsTrl } from "#interop/import/fields/trl-runs.ts";
import { TRL_OBJECTIVE_DEFAULTS, type UsualObjective } from "#interop/import/fields/objective-fields.ts";
import { HARMLESS_ARGUMENTS } from "#interop/import/fields/harmless-arguments.ts";
import {
  argumentsOf,
  callField,
  callName,
  harmlessOf,
  objectsOfTrainers,
  otherCalls,
  mergedFields,
  HARMLESS_OF_SCRIPTS,
  TRAINER_CALLS,
  TRAINER_CONFIGS,
  countedObjectiveOfCalls,
  readCalledObjective,
  readObjective,
  trainerArgumentFields,
} from "#interop/import/tools/trl/script-calls.ts";
import { readAllocator } from "#interop/import/tools/launcher.ts";
import { readUnslothAdapters, readUnslothBase } from "./unsloth-model.ts";
import { readUnslothCheckpointing, readUnslothLength, readUnslothTrainer } from "./unsloth-trainer.ts";

const LOAD = /^Fast\w+\.from_pretrained$/;
const ADAPT = /^Fast\w+\.get_peft_model$/;

/** The classes whose adapters stand in parts of a model, not in listed modules. */
const OF_PARTS = /^Fast(Model|VisionModel|TextModel)\./;

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: "fast_inference",
    when: isOnField,
    sentence: "vLLM holds gpu_memory_utilization of the card beside the training.",
  },
  {
    field: "offload_embedding",
    when: isOnField,
    sentence: "The embedding is in host memory: it is counted on the GPU.",
  },
  {
    field: "unsloth_tiled_mlp",
    when: isOnField,
    sentence: "MLPs of a few tokens at a time keep less than is counted.",
  },
  {
    field: "float32_mixed_precision",
    when: isOnField,
    sentence: "Trained weights are kept in fp32: no key of it is set.",
  },
  { field: "resize_model_vocab", when: isSet, sentence: "The vocabulary becomes larger than the catalog's." },
  { field: "rope_scaling", when: isSet, sentence: "A longer context changes nothing but the length that is set." },
  { field: "qat_scheme", when: isSet, sentence: "Training that rounds as a quantised model would keeps more tensors." },
  {
    field: "device_map",
    when: (value) => isSet(value) && !["sequential", "auto", "cuda", "cuda:0"].includes(wordOf(value)),
    sentence: "Layers are spread over several GPUs by one process: no key says that.",
  },
];

/** Rows of pairs have their length from another reader. */
const OF_UNSLOTH: UsualObjective = { completion: TRL_OBJECTIVE_DEFAULTS.completion, beta: TRL_OBJECTIVE_DEFAULTS.beta };

const OWN: Omit<RunsTrl, "runs" | "isWhole"> = {
  tool: "Unsloth",
  stack: "unsloth",
  without: "without Unsloth's kernels, its checkpoints on the card",
};

/** @see unsloth 2026.10: unsloth/models/dpo.py (`UNSLOTH_FUSED_PREFERENCE_LOSS`, off by itself), rl_replacements.py (`grpo_accumulated_loss`) */
const RUNS: Readonly<Record<"pairs" | "grpo", RunsTrl>> = {
  pairs: { ...OWN, runs: "Unsloth runs TRL's trainer over whole logits", isWhole: true },
  grpo: { ...OWN, runs: "Unsloth runs TRL's trainer with a loss of its own, in chunks", isWhole: false },
};

const OTHER_MODELS = /^Fast(SentenceTransformer|Diffusion\w*)\./;

/** A model that is none of language. */
const readKind = (source: Source): readonly Finding[] => {
  const field = callField(source, LOAD);
  if (field === undefined) return [];
  if (OTHER_MODELS.test(field.path))
    return [
      { kind: "not-modelled", field, sentence: "No language model: another loss, and other steps than are counted." },
    ];
  if (field.path.startsWith("FastVisionModel."))
    return [
      { kind: "not-modelled", field, sentence: "Pictures, and the vision part that takes them, are not counted." },
    ];
  return [];
};

const readFp8 = (load: Source): readonly Finding[] => {
  const field = fieldOf(load, "load_in_fp8");
  if (field === undefined) return [];
  return isSet(field.value)
    ? [unknownFinding(field, ["quant", "fp8"], "A base in fp8 is not known here.")]
    : [{ kind: "ignored", field, sentence: "It is off." }];
};

const modelOf = (load: Source): string => wordOf(load.fields.get("model_name")?.value ?? "");

const CALLS = [
  "FastLanguageModel.from_pretrained",
  "FastModel.from_pretrained",
  "FastVisionModel.from_pretrained",
  "FastTextModel.from_pretrained",
  "FastSentenceTransformer.from_pretrained",
  ...["Llama", "Mistral", "Qwen2", "Qwen3", "Gemma", "Gemma2"].map((family) => `Fast${family}Model.from_pretrained`),
];

/** A model that is loaded by transformers' own class is none that Unsloth trains. */
const RELOAD = /^Auto\w+\.from_pretrained$/;

const ADAPTS = CALLS.map((call) => call.replace("from_pretrained", "get_peft_model"));

/** FastLanguageModel and its like, with a trainer: scripts and notebooks. @see unsloth@015bdef0:unsloth/models/ */
export const UNSLOTH_READER: ToolReader = {
  id: "unsloth",
  name: "Unsloth 0.1.801",
  stack: "unsloth",
  says: "run",
  recognises: (source) => callName(source, LOAD) !== undefined,
  read: (source, look) => {
    const load = argumentsOf(source, LOAD);
    const adapt = argumentsOf(source, ADAPT);
    const { config, configName, objective, isOfTrl } = readObjective(source);
    const own = mergedFields(source, [config, argumentsOf(source, TRAINER_CALLS)]);
    const isFull = load.fields.get("full_finetuning")?.value === true;
    const counted = countedObjectiveOfCalls(own, objective);
    const base = readUnslothBase(load, look);
    const findings: readonly Finding[] = [
      ...readKind(source),
      ...base,
      ...(isFull
        ? []
        : readUnslothAdapters(adapt, {
            isOfParts: OF_PARTS.test(callName(source, ADAPT) ?? ""),
            model: modelOf(load),
          })),
      ...readUnslothCheckpointing(adapt, load),
      ...readUnslothTrainer(own, { isOfTrl, generates: /GRPO|RLOO/.test(objective.name) }),
      ...readUnslothLength(load, own, { objective: objective.name, isGenerated: counted === "grpo" }),
      ...readCalledObjective(own, objective, OF_UNSLOTH),
      ...(counted === undefined ? [] : readTeacher(own, counted, { ...look, findings: base })),
      ...readFp8(load),
      ...readUnmodelled(load, UNMODELLED),
      ...readAllocator(source),
      ...otherCalls(
        source,
        [LOAD, ADAPT, TRAINER_CONFIGS, RELOAD],
        [callName(source, LOAD) ?? "", callName(source, ADAPT) ?? "", configName],
      ),
      ...objectsOfTrainers(source, trainerArgumentFields(counted)),
    ];
    return counted === undefined
      ? findings
      : countedAsTrl(findings, counted, RUNS[counted === "grpo" ? "grpo" : "pairs"]);
  },
  harmless: [
    ...HARMLESS_OF_SCRIPTS,
    ...harmlessOf(CALLS, [
      "token",
      "trust_remote_code",
      "revision",
      "fix_tokenizer",
      "auto_model",
      "auto_config",
      "use_exact_model_name",
      "random_state",
      "gpu_memory_utilization",
      "max_lora_rank",
      "disable_log_stats",
      "text_only",
      "return_logits",
      "load_in_4bit",
      "load_in_8bit",
      "load_in_16bit",
      "full_finetuning",
      "unsloth_force_compile",
      "attn_implementation",
      "tokenizer_name",
      "cache_dir",
      "local_files_only",
      "low_cpu_mem_usage",
      "use_safetensors",
      "use_gradient_checkpointing",
      "whisper_language",
      "whisper_task",
      "float8_kv_cache",
      "fullgraph",
      "do_sample",
      "num_labels",
      "id2label.",
      "label2id.",
    ]),
    ...harmlessOf(ADAPTS, [
      "model",
      "random_state",
      "use_rslora",
      "loftq_config",
      "init_lora_weights",
      "max_seq_length",
      "task_type",
      "temporary_location",
      "ensure_weight_tying",
      "use_gradient_checkpointing",
      "corda_config",
      "eva_config",
    ]),
    ...harmlessOf(["UnslothTrainingArguments"], [...HARMLESS_ARGUMENTS, "embedding_learning_rate"]),
  ],
};
