// Reader of commands of scripts with arguments of transformers' Trainer.

import { HARMLESS_ARGUMENTS } from "#interop/import/fields/harmless-arguments.ts";
import { harmlessOfFsdp } from "#interop/import/fields/fsdp.ts";
import { HARMLESS_OF_DEEPSPEED } from "./deepspeed.ts";
import {
  type Finding,
  fieldOf,
  type FieldRule,
  readFields,
  type Source,
  takeNumber,
  wordOf,
  isPositive,
  isSet,
  readUnmodelled,
  type Unmodelled,
  type ToolReader,
} from "#interop/import/source-fields.ts";
import { readModel } from "#interop/import/named-model.ts";
import { readPlainAutocast, takeAttention, takeDtype } from "#interop/import/fields/field-values.ts";
import { readTrainingArguments, readTrainerSharding } from "#interop/import/fields/training-arguments.ts";
import { withLauncher } from "./launcher.ts";

/** Of the model and data, in transformers' examples and scripts like them. @see transformers@5.14.1:examples/pytorch/language-modeling/run_clm.py */
const OF_SCRIPTS: readonly string[] = [
  "dtype",
  "torch_dtype",
  "model_type",
  "config_name",
  "tokenizer_name",
  "cache_dir",
  "model_revision",
  "token",
  "use_fast_tokenizer",
  "trust_remote_code",
  "low_cpu_mem_usage",
  "dataset_name",
  "dataset_config_name",
  "train_file",
  "validation_file",
  "validation_split_percentage",
  "max_train_samples",
  "max_eval_samples",
  "streaming",
  "overwrite_cache",
  "preprocessing_num_workers",
  "keep_linebreaks",
  "data_path",
  "eval_data_path",
  "lazy_preprocess",
  "padding_side",
  "fsdp",
  "fsdp_config",
  "deepspeed",
  "fsdp_transformer_layer_cls_to_wrap",
];

/** Fields of such a command that change nothing of a step's memory. */
const HARMLESS_OF_TRAINER_COMMANDS: readonly string[] = [
  ...HARMLESS_ARGUMENTS,
  ...OF_SCRIPTS,
  ...harmlessOfFsdp("fsdp_config"),
  ...HARMLESS_OF_DEEPSPEED.map((name) => `deepspeed.${name}`),
];

const WHOLE: Finding = {
  kind: "assumed",
  key: "method",
  text: "full",
  sentence: "A script of the Trainer trains all of a model, unless its own code says otherwise.",
};

/** transformers' example of language modelling joins all texts and cuts them into rows of one length. @see transformers@5.14.1:examples/pytorch/language-modeling/run_clm.py, group_texts */
const isJoining = (source: Source): boolean =>
  /(^|[\s/])run_clm\.py(?=\s|$)/.test(wordOf(fieldOf(source, "command")?.value ?? ""));

const JOINED = "run_clm.py joins texts and cuts them into rows of one length (transformers 5.14.1).";
const PADDED = "transformers' own trainer packs nothing: shorter rows are padded.";
const BLOCK = "run_clm.py's default, where the tokenizer sets no shorter one (transformers 5.14.1).";

const LENGTHS = ["model_max_length", "block_size", "max_seq_length", "max_seq_len", "max_length"] as const;

const readRows = (source: Source): readonly Finding[] => {
  const isJoined = isJoining(source);
  const length: FieldRule = { field: LENGTHS, key: "seq", take: takeNumber };
  return [
    { kind: "assumed", key: "packing", text: isJoined ? "1" : "0", sentence: isJoined ? JOINED : PADDED },
    ...readFields(source, [
      isJoined ? { ...length, otherwise: { text: "1024", sentence: BLOCK } } : { ...length, isLength: true },
    ]),
  ];
};

/** What the model is loaded as; transformers 5 loads it as it is stored. */
const LOADED: readonly FieldRule[] = [
  { field: ["dtype", "torch_dtype"], key: "weights", take: takeDtype },
  { field: "attn_implementation", key: "attn", take: takeAttention },
];

/** A script's own switches, which its code alone explains. */
const UNMODELLED: readonly Unmodelled[] = [
  {
    field: ["use_lora", "lora", "lora_enable", "lora_r", "lora_rank", "lora_alpha", "lora_target_modules", "q_lora"],
    when: isSet,
    sentence: "Adapters of the script's own: all of the model is counted as trained.",
  },
  {
    field: ["bits", "load_in_4bit", "load_in_8bit", "double_quant", "quant_type"],
    when: isSet,
    sentence: "A base that the script packs itself: its weights are counted in 16 bits.",
  },
  { field: "config_overrides", when: isSet, sentence: "The sizes of the model are others than the catalog's." },
  { field: "freeze_backbone", when: isSet, sentence: "Weights that stay as they are: all are counted as trained." },
  {
    field: ["vision_tower", "image_folder", "video_folder", "tune_mm_mlp_adapter", "mm_tunable_parts"],
    when: isSet,
    sentence: "Images, and the tower that reads them, are not counted.",
  },
  {
    field: "label_smoothing",
    when: isPositive,
    sentence: "Label smoothing computes the loss by another way, over the logarithms of all logits.",
  },
];

/** Command lines of scripts whose arguments are those of transformers' Trainer. @see transformers@5.14.1:training_args.py, examples/pytorch/language-modeling/ */
export const TRAINER_COMMAND_READER: ToolReader = withLauncher({
  id: "trainer-command",
  name: "A script of the Trainer, transformers 5.14",
  stack: "transformers",
  says: "run",
  recognises: ({ format, fields }) => format === "command" && fields.has("model_name_or_path"),
  read: (source, { catalog }) => [
    ...readModel(fieldOf(source, "model_name_or_path"), catalog),
    WHOLE,
    ...readTrainingArguments(source),
    ...readPlainAutocast(source),
    ...readRows(source),
    ...readFields(source, LOADED),
    ...readTrainerSharding(source, {}),
    ...readUnmodelled(source, UNMODELLED),
  ],
  harmless: HARMLESS_OF_TRAINER_COMMANDS,
});
