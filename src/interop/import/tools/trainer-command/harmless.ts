import { HARMLESS_ARGUMENTS } from "#interop/import/tools/hugging-face/harmless-arguments.ts";
import { harmlessOfFsdp } from "#interop/import/tools/sharding/fsdp-fields.ts";
import { HARMLESS_OF_DEEPSPEED } from "#interop/import/tools/sharding/harmless-of-deepspeed.ts";

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
export const HARMLESS_OF_TRAINER_COMMANDS: readonly string[] = [
  ...HARMLESS_ARGUMENTS,
  ...OF_SCRIPTS,
  ...harmlessOfFsdp("fsdp_config"),
  ...HARMLESS_OF_DEEPSPEED.map((name) => `deepspeed.${name}`),
];
