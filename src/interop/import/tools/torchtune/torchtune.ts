import { type Finding, type Source, wordOf, fieldOf, type SourceField } from "#interop/import/read-fields.ts";
import type { ToolReader } from "#interop/import/named-model.ts";
import { interpolated, readBuilder, readTuneMethod, readTuneStep } from "./tune-step.ts";
import { readTuneOptimizer, readTuneRecipe } from "./tune-optimizer.ts";
import { ownValue } from "#calc/base/guards.ts";
import { LAUNCH_READER } from "#interop/import/tools/launch/launcher.ts";
import { wordsOf } from "#interop/import/overrides.ts";
import { BUILDERS } from "./builders.ts";

const NO_TRAINING =
  "The file has neither an optimizer nor a loss: it evaluates, quantises or generates, and trains nothing.";

/** Sections and fields that change nothing of a step's memory where no finding is about them. */
const HARMLESS =
  `tokenizer. checkpointer. ref_checkpointer. ref_policy_checkpointer. value_checkpointer. reward_checkpointer. teacher_checkpointer.
dataset. dataset_val. dataset_val metric_logger. profiler. lr_scheduler. loss. kd_loss. optimizer. tensor_parallel_plan. quantizer. output_dir output_path name
base_model_path seed shuffle epochs max_steps_per_epoch num_steps run_val_every_n_steps batch_size_val resume_from_checkpoint save_adapter_weights_only
save_every_n_epochs save_every_n_steps device log_every_n_steps log_peak_memory_stats log_level clip_grad_norm collate_fn low_cpu_ram optimizer_in_bwd ac_mode
ac_option compile memory_efficient_fsdp_wrap data_parallel_shard_dim fsdp_cpu_offload use_distributed_state_dict cudnn_deterministic_mode enable_async_checkpointing
temperature top_k max_generated_tokens ppo_epochs ppo_batch_size gamma lmbda kl_coeff whiten_rewards penalise_no_eos reward_penalty min_response_length
stop_token_ids enable_kv_cache model.quantize_base model.use_dora model.apply_lora_to_output model.apply_lora_to_mlp model.lora_rank model.lora_alpha
model.lora_dropout model.lora_attn_modules policy_model. model.decoder_trainable model.fusion_trainable teacher_model. reward_and_value_model. data. optim enable_loss_parallel
lr lr_warmup_steps dataset_seed keep_last_n_checkpoints keep_best_checkpoint
dataloader. datasets reward_functions fsdp. model.vocab_size model.num_layers model.num_heads model.num_kv_heads model.embed_dim model.max_seq_len
model.attn_dropout model.norm_eps model.intermediate_dim`.split(/\s+/);

const isComponent = ({ path, value }: Readonly<{ path: string; value: unknown }>): boolean =>
  path.endsWith("_component_") && typeof value === "string" && value.startsWith("torchtune.");

/** What a config of a run that trains says, with references between its fields. */
const readTuneRun = (given: Source): readonly Finding[] => {
  const source = interpolated(given);
  return [
    ...readBuilder(source),
    ...readTuneMethod(source),
    ...readTuneStep(source),
    ...readTuneOptimizer(source),
    ...readTuneRecipe(source),
  ];
};

const trains = ({ fields }: Source): boolean => fields.has("optimizer._component_") || fields.has("loss._component_");

/** torchtune's YAML, which OmegaConf reads. @see torchtune@bd2a0fc7 (0.6):recipes/ */
export const TORCHTUNE_READER: ToolReader = {
  id: "torchtune",
  name: "torchtune 0.6",
  stack: "torchtune",
  says: "run",
  recognises: ({ fields }) =>
    [...fields.values()].some((field) => isComponent({ path: field.path, value: wordOf(field.value) })),
  read: (source) => (trains(source) ? readTuneRun(source) : [{ kind: "refused", field: null, sentence: NO_TRAINING }]),
  harmless: HARMLESS,
};

/** The recipes of plain fine-tuning. */
const RECIPE = /^tune run\b.*\b(?:full|lora)_finetune_(?:distributed|single_device)$/;

/** "llama3_1/8B_lora_single_device": the model and the method. @see torchtune@bd2a0fc7:recipes/configs/ */
const NAME = /^(?<family>\w+)\/(?<size>[\w.]+?)_(?<method>full|q?lora|q?dora)(?:_single_device|_low_memory|_fsdp2)?$/;

/** A config of torchtune's own. */
type OwnName = Readonly<{ name: string; family: string; model: string; method: string }>;
type OwnConfig = OwnName & Readonly<{ field: SourceField }>;

const ownNameOf = (name: string): OwnName | undefined => {
  const { family = "", size = "", method = "" } = NAME.exec(name)?.groups ?? {};
  const model = `${family}_${size.toLowerCase().replaceAll(".", "_")}`;
  return ownValue(BUILDERS, model) === undefined ? undefined : { name, family, model, method };
};

const ownConfigOf = (source: Source): OwnConfig | undefined => {
  const [field, command] = [fieldOf(source, "config"), fieldOf(source, "command")];
  if (field === undefined || command === undefined || !RECIPE.test(wordOf(command.value))) return undefined;
  const own = ownNameOf(wordsOf(field.value)[0] ?? "");
  return own && { ...own, field };
};

/** What the name says, as fields of the file that has it, each where the command names it. */
const namedFields = ({ family, model, method, field }: OwnConfig): ReadonlyMap<string, SourceField> => {
  const prefix = method === "full" ? "" : `${method.replace("dora", "lora")}_`;
  const builder: SourceField = {
    ...field,
    path: "model._component_",
    value: `torchtune.models.${family}.${prefix}${model}`,
  };
  const dora: SourceField = { ...field, path: "model.use_dora", value: true };
  return new Map((method.endsWith("dora") ? [builder, dora] : [builder]).map((each) => [each.path, each]));
};

/** A finding of what the name says is one of the name; a default is none of a config that nobody has read. */
const asNamed =
  ({ name, field }: OwnConfig, isNamed: (path: string) => boolean) =>
  (found: Finding): Finding => {
    if (found.kind === "assumed" || found.kind === "filled")
      return { ...found, sentence: `${name} is not read. ${found.sentence}` };
    return found.field && isNamed(found.field.path) ? { ...found, field } : found;
  };

/** A recipe over a config of torchtune's own, which the command has by its name alone: what it sets beside it is read, and what its name says. */
export const TUNE_COMMAND_READER: ToolReader = {
  ...TORCHTUNE_READER,
  id: "torchtune-command",
  recognises: (source) => source.format === "command" && ownConfigOf(source) !== undefined,
  read: (source, look) => {
    const own = ownConfigOf(source);
    if (own === undefined) return [];
    const named = namedFields(own);
    const config = { ...source, fields: new Map([...named, ...source.fields]) };
    return [
      ...readTuneRun(config).map(asNamed(own, (path) => named.has(path) && !source.fields.has(path))),
      ...LAUNCH_READER.read(source, look),
    ];
  },
  harmless: [...TORCHTUNE_READER.harmless, ...LAUNCH_READER.harmless],
};
