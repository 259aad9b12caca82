// Readers of PEFT's adapter configs and of PEFT's example training script.

import { ownValue } from "#calc/base/guards.ts";
import { readModel, readPackedCheckpoint } from "#interop/import/named-model.ts";
import {
  unknownFinding,
  type ToolReader,
  defaultsOf,
  type Finding,
  fieldOf,
  type FieldRule,
  readFields,
  type Source,
  type SourceField,
  quoted,
  takeFlag,
  takeNumber,
  wordOf,
  isSet,
  readUnmodelled,
  type Unmodelled,
} from "#interop/import/source-fields.ts";
import type { LinkKey } from "#scenario/keys/choices.ts";
import { takeModules, takeTargets } from "#interop/import/fields/field-values.ts";
import { TRL_COMMAND_READER } from "#interop/import/tools/trl/trl.ts";

const standsIn = defaultsOf("PEFT's default (0.20.1, *).");

const LORA = "tuners/lora/config.py";

/** A tuner: the field that is its rank, the default of that, and which keys it has beside. */
type Tuner = Readonly<{ tuner: string; rank: string | null; otherwise: string; has: readonly LinkKey[] }>;

/** PEFT's types by the link's tuners, with the field that is `r` there, and its default. @see peft@5d602fdb (0.20.1):src/peft/tuners/, each config.py */
const TUNERS: Readonly<Record<string, Tuner>> = {
  LORA: { tuner: "lora", rank: "r", otherwise: "8", has: ["alpha", "dropout", "targets", "save", "dora"] },
  ADALORA: { tuner: "adalora", rank: "init_r", otherwise: "12", has: ["alpha", "dropout", "targets", "save", "dora"] },
  VERA: { tuner: "vera", rank: "r", otherwise: "256", has: ["dropout", "targets", "save"] },
  VBLORA: { tuner: "vblora", rank: "r", otherwise: "4", has: ["dropout", "targets", "save"] },
  LOHA: { tuner: "loha", rank: "r", otherwise: "8", has: ["alpha", "dropout", "targets", "save"] },
  LOKR: { tuner: "lokr", rank: "r", otherwise: "8", has: ["alpha", "dropout", "targets", "save"] },
  OFT: { tuner: "oft", rank: "oft_block_size", otherwise: "32", has: ["dropout", "targets", "save"] },
  IA3: { tuner: "ia3", rank: null, otherwise: "", has: ["targets", "save"] },
  PROMPT_TUNING: { tuner: "prompt_tuning", rank: "num_virtual_tokens", otherwise: "", has: [] },
};

/** The classes of tuners by their types. @see peft@5d602fdb (0.20.1):src/peft/utils/peft_types.py */
const TYPES: Readonly<Record<string, string>> = {
  PromptTuningConfig: "PROMPT_TUNING",
  PrefixTuningConfig: "PREFIX_TUNING",
  PromptEncoderConfig: "P_TUNING",
};

/** The type that a config's class makes: "VeraConfig" is VERA. */
export const typeOfClass = (name: string): string => ownValue(TYPES, name) ?? name.replace(/Config$/, "").toUpperCase();

/** The type, in a field of its own or by the class that is called. */
const typeField = (source: Source): SourceField | undefined => fieldOf(source, "peft_type");

const tunerOf = (source: Source): Tuner | undefined =>
  ownValue(TUNERS, wordOf(typeField(source)?.value ?? "LORA").toUpperCase());

/** Which tuner it is, and its rank. */
const readTuner = (source: Source): readonly Finding[] => {
  const field = typeField(source);
  const known = tunerOf(source);
  if (known === undefined)
    return field === undefined
      ? []
      : [unknownFinding(field, "tuner", `PEFT's ${quoted(field.value)} is not known here.`)];
  const tuner: readonly Finding[] =
    field === undefined ? [] : [{ kind: "read", field, key: "tuner", text: known.tuner }];
  if (known.rank === null) return tuner;
  const otherwise = known.otherwise === "" ? {} : { otherwise: standsIn(known.otherwise, "its config.py") };
  return [...tuner, ...readFields(source, [{ field: known.rank, key: "r", take: takeNumber, ...otherwise }])];
};

/** (IA)³ has a mapping of its own. @see peft@5d602fdb (0.20.1):src/peft/utils/constants.py, TRANSFORMERS_MODELS_TO_IA3_TARGET_MODULES_MAPPING */
const OF_IA3 = {
  text: "k_proj,v_proj,down_proj",
  sentence: "PEFT's mapping for Llama where none are named: keys, values and the down projection (utils/constants.py).",
};

/** @see peft@5d602fdb (0.20.1):src/peft/tuners/lora/config.py (lines 613 to 653, 813) */
const RULES: readonly FieldRule[] = [
  { field: ["lora_alpha", "alpha"], key: "alpha", take: takeNumber, otherwise: standsIn("8", `${LORA}:633`) },
  {
    field: ["lora_dropout", "vera_dropout", "vblora_dropout", "module_dropout"],
    key: "dropout",
    take: takeNumber,
    otherwise: standsIn("0", `${LORA}:634`),
  },
  {
    field: "target_modules",
    key: "targets",
    take: takeTargets(["all-linear"]),
    otherwise: {
      text: "q-v",
      sentence: "PEFT's mapping for the model where none are named: queries and values (utils/constants.py:85).",
    },
  },
  { field: "modules_to_save", key: "save", take: takeModules },
  { field: "use_dora", key: "dora", take: takeFlag, otherwise: standsIn("0", `${LORA}:813`) },
];

/** The rules of a tuner; of one that is not known here what its file says, and no default of another's. */
const rulesOf = (tuner: Tuner | undefined): readonly FieldRule[] => {
  if (tuner === undefined) return RULES.map(({ field, key, take }) => ({ field, key, take }));
  return RULES.filter(({ key }) => tuner.has.includes(key)).map((rule) =>
    tuner.tuner === "ia3" && rule.key === "targets" ? { ...rule, otherwise: OF_IA3 } : rule,
  );
};

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: ["layers_to_transform", "layers_pattern"],
    when: isSet,
    sentence: "Adapters in some layers alone: they are counted in all.",
  },
  { field: "rank_pattern", when: isSet, sentence: "Ranks of some modules are others: one is counted for all." },
  { field: "target_parameters", when: isSet, sentence: "Adapters on single parameters (experts): no key says which." },
  { field: "exclude_modules", when: isSet, sentence: "Modules that are left out have adapters here." },
  {
    field: "use_bdlora",
    when: isSet,
    sentence: "Block-diagonal LoRA has fewer parameters than are counted.",
  },
  { field: "layer_replication", when: isSet, sentence: "Layers stand several times in the model: once is counted." },
  {
    field: "trainable_token_indices",
    when: isSet,
    sentence: "Some rows of the embedding are trained: they are not counted.",
  },
  {
    field: ["lora_bias", "use_qalora", "lora_ga_config"],
    when: isSet,
    sentence: "It adds to adapters what is not counted.",
  },
  {
    field: "bias",
    when: (value) => isSet(value) && value !== "none",
    sentence: "Biases are trained, too: their gradients and states are not counted.",
  },
  { field: "megatron_config", when: isSet, sentence: "Megatron's own parallel linears are not known here." },
];

/** A section that is given (`rank_pattern: {q_proj: 8}`), as one field of its name. */
const withSections = (source: Source): Source => {
  const sections = [...source.fields].flatMap(([path, field]) => {
    const [name = "", inside] = path.split(".");
    return inside === undefined ? [] : [[name, { ...field, path: name, value: "…" }] as const];
  });
  return { ...source, fields: new Map([...sections, ...source.fields]) };
};

/** What a config of PEFT says of adapters: its tuner, rank and targets. */
export const readPeftConfig = (source: Source): readonly Finding[] => [
  ...readTuner(source),
  ...readFields(source, rulesOf(tunerOf(source))),
  ...readUnmodelled(withSections(source), UNMODELLED),
];

/** Fields of such a config that change no memory. */
export const HARMLESS_OF_PEFT: readonly string[] = [
  "task_type",
  "auto_mapping",
  "base_model_name_or_path",
  "revision",
  "inference_mode",
  "fan_in_fan_out",
  "bias",
  "init_lora_weights",
  "use_rslora",
  "alpha_pattern",
  "alpha_pattern.",
  "loftq_config",
  "loftq_config.",
  "eva_config",
  "corda_config",
  "megatron_core",
  "megatron_config",
  "arrow_config",
  "peft_version",
  "qalora_group_size",
  "ensure_weight_tying",
  "runtime_config",
  "runtime_config.",
  "alora_invocation_tokens",
  "init_weights",
  "rank_pattern",
  "rank_pattern.",
  "use_bdlora.",
  "megatron_config.",
  "eva_config.",
  "corda_config.",
  "velora_config",
  "projection_prng_key",
  "save_projection",
  "d_initial",
  "rank_dropout",
  "block_share",
  "coft",
  "eps",
  "target_r",
  "tinit",
  "tfinal",
  "deltaT",
  "beta1",
  "beta2",
  "orth_reg_weight",
  "total_step",
  "feedforward_modules",
  "init_ia3_weights",
  "use_effective_conv2d",
  "decompose_both",
  "decompose_factor",
  "prompt_tuning_init",
  "prompt_tuning_init_text",
  "tokenizer_name_or_path",
  "num_layers",
  "token_dim",
  "num_transformer_submodules",
  "num_attention_heads",
  "monteclora_config",
  "lora_ga_config",
  "kappa_tune_config",
];

/** The script's own names by TRL's, whose classes it uses. @see peft@5d602fdb (0.20.1):examples/sft/train.py, ModelArguments */
const NAMES: Readonly<Record<string, string>> = {
  use_peft_lora: "use_peft",
  use_4bit_quantization: "load_in_4bit",
  use_8bit_quantization: "load_in_8bit",
  use_nested_quant: "use_bnb_nested_quant",
  use_reentrant: "gradient_checkpointing_kwargs.use_reentrant",
};

const scriptDefault = defaultsOf("The script's default (PEFT, examples/sft/train.py:*).");

/** @see peft@5d602fdb (0.20.1):examples/sft/train.py (lines 27 to 48) */
const DEFAULTS: Readonly<Partial<Record<LinkKey, Readonly<{ text: string; sentence: string }>>>> = {
  r: scriptDefault("64", "29"),
  alpha: scriptDefault("16", "27"),
  dropout: scriptDefault("0.1", "28"),
  targets: scriptDefault("q_proj,k_proj,v_proj,o_proj,down_proj,up_proj,gate_proj", "30"),
};

const FLOATING = /^(bfloat16|float16|float32)$/;

/** Flags under TRL's names. Weights have the type that packed ones are stored in, where it is one of numbers with a point. */
const asTrl = (source: Source): Source => {
  const storage = source.fields.get("bnb_4bit_quant_storage_dtype");
  const flash = source.fields.get("use_flash_attn");
  const renamed = [...source.fields].map(([name, field]) => [ownValue(NAMES, name) ?? name, field] as const);
  return {
    ...source,
    fields: new Map([
      ...renamed,
      ...(storage !== undefined && FLOATING.test(wordOf(storage.value)) ? [["dtype", storage] as const] : []),
      ...(flash?.value === true ? [["attn_implementation", { ...flash, value: "flash_attention_2" }] as const] : []),
    ]),
  };
};

const own = (found: Finding): Finding => {
  const otherwise = found.kind === "assumed" ? DEFAULTS[found.key] : undefined;
  return found.kind === "assumed" && otherwise !== undefined ? { ...found, ...otherwise } : found;
};

const readUnsloth = (source: Source): readonly Finding[] => {
  const field = source.fields.get("use_unsloth");
  return field?.value === true ? [{ kind: "read", field, key: "stack", text: "unsloth" }] : [];
};

/** The command lines of PEFT's own example of SFT. */
export const PEFT_SCRIPT_READER: ToolReader = {
  ...TRL_COMMAND_READER,
  id: "peft-script",
  name: "PEFT 0.20.1's examples/sft",
  recognises: ({ fields }) => fields.has("command") && fields.has("model_name_or_path") && fields.has("use_peft_lora"),
  read: (source, look) => [...TRL_COMMAND_READER.read(asTrl(source), look).map(own), ...readUnsloth(source)],
  harmless: [
    ...TRL_COMMAND_READER.harmless,
    "chat_template_format",
    "add_special_tokens",
    "append_concat_token",
    "splits",
    "use_flash_attn",
    "bnb_4bit_quant_storage_dtype",
    "bnb_4bit_compute_dtype",
    "lora_use_rslora",
    ...Object.keys(NAMES),
  ],
};

const readBase = (source: Source, look: Parameters<ToolReader["read"]>[1]): readonly Finding[] => {
  const field = fieldOf(source, "base_model_name_or_path");
  if (field === undefined || !isSet(field.value)) return [];
  return readModel(field, look.catalog);
};

/** `adapter_config.json`: adapters alone. @see peft@5d602fdb (0.20.1):src/peft/config.py */
export const PEFT_READER: ToolReader = {
  id: "peft",
  name: "PEFT 0.20.1",
  stack: null,
  says: "part",
  recognises: ({ fields }) => fields.has("peft_type"),
  read: (source, look) => [
    ...readBase(source, look),
    ...readPackedCheckpoint(fieldOf(source, "base_model_name_or_path")),
    ...readPeftConfig(source),
  ],
  harmless: HARMLESS_OF_PEFT,
};
