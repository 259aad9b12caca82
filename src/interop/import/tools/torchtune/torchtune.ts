// Readers of torchtune's YAML and commands: optimizer, recipe, number of GPUs.

import { ownValue } from "#calc/base/guards.ts";
import {
  type Finding,
  fieldOf,
  isOn,
  valueOf,
  type Source,
  numberOf,
  quoted,
  wordOf,
  isSeveral,
  readUnmodelled,
  type Unmodelled,
  type SourceField,
  type ToolReader,
} from "#interop/import/source-fields.ts";
import {
  builderOf,
  withResolvedReferences,
  readBuilder,
  readTuneMethod,
  readTuneStep,
  BUILDERS,
} from "./torchtune-step.ts";
import { LAUNCH_READER } from "#interop/import/tools/launcher.ts";
import { commandWords } from "#interop/import/overrides.ts";

/** Optimizers by their components. @see torchtune@bd2a0fc7:recipes/configs/; bitsandbytes.optim, torchao.optim */
const COMPONENTS: Readonly<Record<string, string>> = {
  "torch.optim.AdamW": "adamw_torch",
  "torch.optim.Adam": "adamw_torch",
  "torch.optim.SGD": "sgd",
  "torch.optim.Adafactor": "adafactor",
  "bitsandbytes.optim.AdamW8bit": "adamw_bnb_8bit",
  "bitsandbytes.optim.Adam8bit": "adamw_bnb_8bit",
  "bitsandbytes.optim.PagedAdamW8bit": "paged_adamw_8bit",
  "bitsandbytes.optim.PagedAdam8bit": "paged_adamw_8bit",
  "bitsandbytes.optim.PagedAdamW": "paged_adamw_32bit",
  "bitsandbytes.optim.PagedAdamW32bit": "paged_adamw_32bit",
  "bitsandbytes.optim.Lion": "lion",
  "torchao.optim.AdamW8bit": "adamw_torch_8bit",
  "torchao.optim.AdamW4bit": "adamw_torch_4bit",
  "torchao.prototype.low_bit_optim.AdamW8bit": "adamw_torch_8bit",
  "torchao.prototype.low_bit_optim.AdamW4bit": "adamw_torch_4bit",
  "torch.optim.Muon": "muon",
};

/** What one becomes that steps in backward, parameter by parameter. */
const IN_BACKWARD: Readonly<Record<string, string>> = {
  adamw_torch: "adamw_in_backward",
  adamw_torch_fused: "adamw_in_backward",
  adamw_bnb_8bit: "adamw_bnb_8bit_in_backward",
  paged_adamw_8bit: "paged_adamw_8bit_in_backward",
  paged_adamw_32bit: "paged_adamw_32bit_in_backward",
};

/** PyTorch's own has a kernel for all parameters together where it is told so. */
const variant = (source: Source, optim: string): string => {
  if (optim === "adamw_torch" && isOn(valueOf(source, "optimizer.fused"))) return "adamw_torch_fused";
  const momentum = numberOf(valueOf(source, "optimizer.momentum")) ?? 0;
  return optim === "sgd" && momentum > 0 ? "sgd_momentum" : optim;
};

const NO_SUCH = "What this optimizer keeps while it steps in backward is not known here.";

/** The optimizer, and whether it steps in backward, which the full recipes alone can. @see torchtune@bd2a0fc7:recipes/full_finetune_distributed.py:208 */
const readTuneOptimizer = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "optimizer._component_");
  if (field === undefined) return [];
  const named = ownValue(COMPONENTS, wordOf(field.value));
  if (named === undefined)
    return [{ kind: "not-modelled", field, sentence: `The states of ${quoted(field.value)} are not known here.` }];
  const optim = variant(source, named);
  const read: Finding = { kind: "read", field, key: "optim", text: optim };
  const backward = fieldOf(source, "optimizer_in_bwd");
  const isInBackward = backward !== undefined && isOn(backward.value) && !/^q?lora_/.test(builderOf(source));
  if (!isInBackward || backward === undefined) return [read];
  const inBackward = IN_BACKWARD[optim];
  return inBackward === undefined
    ? [read, { kind: "not-modelled", field: backward, sentence: NO_SUCH }]
    : [read, { kind: "read", field: backward, key: "optim", text: inBackward }];
};

/** Fields that recipes of several GPUs alone have. @see torchtune@bd2a0fc7:recipes/full_finetune_distributed.py */
const OF_SEVERAL = [
  "fsdp.cpu_offload",
  "fsdp_cpu_offload",
  "fsdp_reshard_after_forward",
  "custom_sharded_layers",
  "tensor_parallel_dim",
  "data_parallel_shard_dim",
  "context_parallel_dim",
  "ac_mode",
];

type Recipe = Readonly<{ isShared: boolean; gpus: number | null; sentence: string }>;

/** What follows an option and begins with no dash is its value, where a recipe is left for what follows that. */
const COMMAND = /tune run\s+(?<options>(?:-\S+(?:[ \t](?!-)\S+)?\s+)*)(?<recipe>[\w/]+)/;

/** Longer comments hold no command. */
const LONGEST_COMMENT = 300;

/** Commands that train nothing. */
const OTHER_COMMANDS = /eleuther|generate|quantize/;

const optionOf = (options: string, name: RegExp): number | null => {
  const number = name.exec(options)?.[1];
  return number === undefined ? null : Number(number);
};

/** Processes of all machines. */
const processesOf = (options: string): number | null => {
  const processes = optionOf(options, /--nproc[-_]per[-_]node[ =](\d+)/);
  return processes === null ? null : processes * (optionOf(options, /--nnodes[ =](\d+)/) ?? 1);
};

/** The command that a comment of the file starts it with, which its fields cannot say. */
const commented = (source: Source): Recipe | undefined => {
  const comments = (source.comments ?? []).filter(({ text }) => text.length <= LONGEST_COMMENT);
  const commands = comments.flatMap(({ line, text }) => {
    const { options = "", recipe = "" } = COMMAND.exec(text)?.groups ?? {};
    return recipe === "" || OTHER_COMMANDS.test(recipe) ? [] : [{ line, options, recipe }];
  });
  const [first] = commands;
  if (first === undefined) return undefined;
  const isShared = first.recipe.includes("distributed");
  return {
    isShared,
    gpus: isShared ? processesOf(first.options) : 1,
    sentence: `A comment in line ${first.line} starts it with the recipe ${first.recipe}.`,
  };
};

/** The command that starts it, which stands beside it, or has the fields itself. */
const commanded = (source: Source): Recipe | undefined => {
  const command = source.startedBy ?? (source.format === "command" ? fieldOf(source, "command") : undefined);
  const recipe = COMMAND.exec(wordOf(command?.value ?? ""))?.groups?.["recipe"];
  if (recipe === undefined) return undefined;
  const isShared = recipe.includes("distributed");
  return { isShared, gpus: isShared ? null : 1, sentence: `The command starts the recipe ${recipe}.` };
};

const recipeOf = (source: Source): Recipe => {
  const isOfSeveral = OF_SEVERAL.some((name) => source.fields.has(name));
  return (
    commanded(source) ??
    commented(source) ?? {
      isShared: isOfSeveral,
      gpus: isOfSeveral ? null : 1,
      sentence: isOfSeveral
        ? "Its fields are those of a recipe for several GPUs, which is FSDP 2."
        : "No field is of a recipe for several GPUs.",
    }
  );
};

/** GPUs that divide one model. */
const DIVISIONS = [
  { name: "tensor_parallel_dim", key: "tp" },
  { name: "context_parallel_dim", key: "cp" },
] as const;

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: "data_parallel_replicate_dim",
    when: isSeveral,
    sentence: "Each of several groups of GPUs has all of the model: it is counted as shared over all of them.",
  },
  {
    field: "fsdp_reshard_after_forward",
    when: (value) => value !== null && !isOn(value),
    sentence: "Parameters that are gathered stay whole from forward to backward: more than is counted.",
  },
  {
    field: "custom_sharded_layers",
    when: (value) => Array.isArray(value) && value.length > 0,
    sentence: "Embeddings and head are shared as units of their own; they are counted as part of the whole model's.",
  },
];

/** On how many GPUs a recipe runs, and how they share it. */
const readTuneRecipe = (source: Source): readonly Finding[] => {
  const { isShared, gpus, sentence } = recipeOf(source);
  const offload = fieldOf(source, ["fsdp_cpu_offload", "fsdp.cpu_offload"]);
  const isAway = offload !== undefined && isOn(offload.value);
  return [
    { kind: "assumed", key: "shard", text: isShared ? "fsdp2" : "none", sentence },
    ...(gpus === null ? [] : [{ kind: "assumed", key: "gpus", text: String(gpus), sentence } as const]),
    ...(offload === undefined
      ? []
      : [{ kind: "read", field: offload, key: "offload", text: isAway ? "all" : "none" } as const]),
    ...DIVISIONS.flatMap(({ name, key }): readonly Finding[] => {
      const field = fieldOf(source, name);
      const ranks = numberOf(field?.value);
      return field === undefined || ranks === undefined ? [] : [{ kind: "read", field, key, text: String(ranks) }];
    }),
    ...readUnmodelled(source, UNMODELLED),
  ];
};

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
  const source = withResolvedReferences(given);
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
  const own = ownNameOf(commandWords(field.value)[0] ?? "");
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
