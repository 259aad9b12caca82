// Reader of scripts with TRL or the Trainer: the loaded model, quantization, adapters, rows.

import {
  type Finding,
  fieldOf,
  isOn,
  type Source,
  type SourceField,
  numberOf,
  quoted,
  readFields,
  takeFlag,
  readAs,
  isSet,
  defaultsOf,
  type FieldRule,
  takeNumber,
  type ReadWith,
  type ToolReader,
} from "#interop/import/source-fields.ts";
import {
  argumentsOf,
  callName,
  harmlessOf,
  callField,
  TRAINER_CALLS,
  objectsOfTrainers,
  otherCalls,
  mergedFields,
  HARMLESS_OF_SCRIPTS,
  TRAINER_CONFIGS,
  countedObjectiveOfCalls,
  readCalledObjective,
  readObjective,
  trainerArgumentFields,
} from "./script-calls.ts";
import { readModel, readPackedCheckpoint } from "#interop/import/named-model.ts";
import { classPattern, PEFT_TUNERS, TRL_OBJECTIVES } from "#interop/import/fields/class-names.ts";
import {
  BITS_AND_BYTES,
  readDoubleQuant,
  readPackedBase,
  HARMLESS_OF_BITS,
} from "#interop/import/fields/bitsandbytes.ts";
import { takeAttention, takeDtype, readAutocast, readPlainAutocast } from "#interop/import/fields/field-values.ts";
import { HARMLESS_OF_PEFT, readPeftConfig, typeOfClass } from "#interop/import/tools/peft.ts";
import { readTeacher } from "#interop/import/fields/teacher.ts";
import { readTrainingArguments, readTrainerSharding } from "#interop/import/fields/training-arguments.ts";
import { readAllocator } from "#interop/import/tools/launcher.ts";
import { readTrlLoss, PREFERENCE_CHANGE, readTrlVersion } from "./trl-objective.ts";
import { readPaddingFree } from "./trl.ts";

const CALL = /^DistributedConfig$/;

/** Sizes that it has, each of 1 where nothing is said. @see transformers 5.24: distributed/configuration_utils.py, DistributedConfig */
const SIZES = ["tp_size", "fsdp_size", "ep_size"] as const;

const OTHER_WAY = "How experts are shared out is left to an older way, which is not known here.";

const sizeOf = (field: SourceField | undefined): number | undefined =>
  field === undefined || field.value === null ? 1 : numberOf(field.value);

/** A size that only a run knows. */
const unknown = (field: SourceField | undefined): readonly Finding[] =>
  field === undefined || sizeOf(field) !== undefined
    ? []
    : [{ kind: "not-modelled", field, sentence: `${quoted(field.value)} is not a number of GPUs.` }];

/** A field as a key, where it is there. */
const said = (field: SourceField | undefined, key: "tp" | "ep", size: number): readonly Finding[] =>
  field === undefined ? [] : [{ kind: "read", field, key, text: String(size) }];

const readSizes = (given: Source): readonly Finding[] => {
  const fields = SIZES.map((name) => fieldOf(given, name));
  const [tp, fsdp, ep] = fields;
  const [tpSize = 1, fsdpSize = 1, epSize = 1] = fields.map(sizeOf);
  const gpus = String(tpSize * fsdpSize);
  const of = fsdp ?? tp;
  return [
    ...fields.flatMap(unknown),
    ...said(tp, "tp", tpSize),
    ...said(ep, "ep", epSize),
    ...(of === undefined
      ? []
      : [
          { kind: "read", field: of, key: "gpus", text: gpus } as const,
          { kind: "read", field: of, key: "shard", text: "fsdp2" } as const,
        ]),
  ];
};

const readOlder = (given: Source): readonly Finding[] => {
  const field = fieldOf(given, "enable_expert_parallel");
  return field === undefined || !isOn(field.value) ? [] : [{ kind: "not-modelled", field, sentence: OTHER_WAY }];
};

/** A model that transformers divides while it loads it: over how many GPUs, and how. All sizes but that of experts together are the GPUs. */
const readDistributedConfig = (source: Source): readonly Finding[] => {
  if (callName(source, CALL) === undefined) return [];
  const given = argumentsOf(source, CALL);
  return [...readSizes(given), ...readOlder(given)];
};

/** Its types follow from those of the weights. */
const HARMLESS_OF_DISTRIBUTED: readonly string[] = harmlessOf(
  ["DistributedConfig"],
  ["fsdp_mixed_precision", "enable_expert_parallel"],
);

const PREPARE = /^prepare_model_for_kbit_training$/;
const ENABLE = /^gradient_checkpointing_enable$/;

/** A call that switches checkpoints on, unless an argument of it says otherwise. */
const switchedBy = (source: Source, kind: RegExp): readonly Finding[] => {
  const call = callField(source, kind);
  if (call === undefined) return [];
  const given = argumentsOf(source, kind);
  const field = fieldOf(given, "use_gradient_checkpointing");
  const taken = field === undefined ? "1" : takeFlag(field.value);
  if (field !== undefined && taken === "0")
    return [{ kind: "ignored", field, sentence: "It leaves checkpoints to the trainer's arguments." }];
  if (field !== undefined && taken !== null && typeof taken !== "string")
    return [{ kind: "not-modelled", field, sentence: taken.notModelled }];
  return [
    { kind: "read", field: field ?? call, key: "ckpt", text: "1" },
    ...readFields(given, [{ field: "gradient_checkpointing_kwargs.use_reentrant", key: "reentrant", take: takeFlag }]),
  ];
};

/**
 * Checkpoints that the code itself switches on, whatever the trainer's arguments say. PEFT's preparation does it by default, for a packed base alone.
 *
 * @see peft@5d602fdb:src/peft/utils/other.py, prepare_model_for_kbit_training; transformers@5.14.1:modeling_utils.py, gradient_checkpointing_enable
 */
const readCheckpointCalls = (source: Source, isPacked: boolean): readonly Finding[] => [
  ...(isPacked ? switchedBy(source, PREPARE) : []),
  ...switchedBy(source, ENABLE),
];

/** A model that is loaded by the class that its config names, or by its own. */
const LOAD = /^(AutoModel\w*|\w+For(CausalLM|ConditionalGeneration))\.from_pretrained$/;

const OF_LANGUAGE =
  /^(?!\w*ForSequenceClassification)(AutoModel\w*|\w+For(CausalLM|ConditionalGeneration))\.from_pretrained$/;

/** A trainer whose completions another model may score. */
const SCORED = /^(GRPO|RLOO|OnlineDPO|XPO|NashMD)Trainer$/;

/** The calls that load the model that is trained: a model that scores its completions is none. */
const loadOf = (source: Source): RegExp => (callName(source, SCORED) === undefined ? LOAD : OF_LANGUAGE);

/** A config of one of PEFT's tuners. */
const ADAPTERS = classPattern(PEFT_TUNERS, "Config");

const BITS = /^BitsAndBytesConfig$/;
const IN_4_BITS = /^BitsAndBytesConfig(\(\d+\))?\.load_in_4bit$/;

/** The name of a model that a trainer is given instead of a model. */
const givenName = (source: Source): SourceField | undefined => {
  const field = fieldOf(argumentsOf(source, TRAINER_CALLS), "model");
  return typeof field?.value === "string" && field.value.includes("/") ? field : undefined;
};

/** TRL loads a model that it is given by name in fp32. @see trl@f2cd5771:trl/trainer/utils.py, create_model_from_path */
const IN_FP32: Finding = {
  kind: "assumed",
  key: "weights",
  text: "fp32",
  sentence: "TRL loads a model that it is given by its name in fp32 (1.10, trainer/utils.py).",
};

/** The type of the weights: of a name alone, what the config passes on. */
const readWeights = (load: Source, config: Source, isNamed: boolean): readonly Finding[] => {
  const field = fieldOf(
    isNamed ? config : load,
    isNamed ? ["model_init_kwargs.dtype", "model_init_kwargs.torch_dtype"] : ["dtype", "torch_dtype"],
  );
  if (field === undefined || field.value === null) return isNamed ? [IN_FP32] : [];
  return readAs(field, "weights", takeDtype(field.value));
};

const NOT_GIVEN = "The config of packing is given to no model.";

/** A call that loads another model, after the first. */
const OTHER_LOAD = /\.from_pretrained\(\d+\)\./;

/** Whether a config of packing reaches the model: by its name, or among arguments that only a run knows. One that only the reference is given does not. */
const isGiven = (source: Source, load: Source): boolean =>
  load.fields.size === 0 ||
  [...source.fields.keys()].some(
    (path) => /(^|\.)(quantization_config$|\*\*)/.test(path) && !(OTHER_LOAD.test(path) && handsReference(source)),
  );

const handsReference = (source: Source): boolean =>
  fieldOf(argumentsOf(source, TRAINER_CALLS), "ref_model") !== undefined;

/** Whether the reference that a trainer is handed is packed: the model is loaded twice, the second time in 4 bits. */
const packsReference = (source: Source): boolean => {
  const fields = [...source.fields];
  const isConfigured = fields.some(([path, { value }]) => IN_4_BITS.test(path) && isOn(value));
  return (
    handsReference(source) &&
    fields.some(
      ([path, { value }]) =>
        OTHER_LOAD.test(path) &&
        ((isConfigured && path.endsWith(".quantization_config") && isSet(value)) ||
          (path.endsWith(".load_in_4bit") && isOn(value))),
    )
  );
};

/** What a config of packing says, where a model is given it. */
const readBits = (source: Source, load: Source): readonly Finding[] => {
  const bits = argumentsOf(source, BITS);
  if (isGiven(source, load)) return readPackedBase(bits, BITS_AND_BYTES);
  if (packsReference(source)) return readDoubleQuant(bits, BITS_AND_BYTES);
  return [...bits.fields.values()].map((field) => ({ kind: "ignored", field, sentence: NOT_GIVEN }));
};

/** Adapters beside a frozen model, which may be packed; or all of it. */
const readMethod = (source: Source, load: Source, model: SourceField | undefined): readonly Finding[] => {
  const isAdapted = callName(source, ADAPTERS) !== undefined;
  if (!isAdapted)
    return [
      { kind: "assumed", key: "method", text: "full", sentence: "No config of adapters is made: all is trained." },
      ...(packsReference(source) ? readDoubleQuant(argumentsOf(source, BITS), BITS_AND_BYTES) : []),
    ];
  const sentence = "A config of adapters is made.";
  return [
    { kind: "assumed", key: "method", text: "lora", sentence },
    ...readBits(source, load),
    ...readPackedBase(load, BITS_AND_BYTES),
    ...readPackedCheckpoint(model),
  ];
};

/** PEFT's function makes what stays 16-bit fp32. @see peft@5d602fdb:src/peft/utils/other.py, prepare_model_for_kbit_training */
const readPreparation = (source: Source): readonly Finding[] => {
  const name = callName(source, PREPARE);
  const sentence = "prepare_model_for_kbit_training is called.";
  return name === undefined ? [] : [{ kind: "assumed", key: "kbit", text: "fp32", sentence }];
};

/** The model that a script loads, and how. */
const readLoadedModel = (source: Source, config: Source, { catalog }: ReadWith): readonly Finding[] => {
  const load = argumentsOf(source, loadOf(source));
  const loaded = fieldOf(load, ["pretrained_model_name_or_path", "model_name_or_path"]);
  const model = loaded ?? givenName(source);
  return [
    ...readModel(model, catalog),
    ...readMethod(source, load, model),
    ...readPreparation(source),
    ...readWeights(load, config, loaded === undefined && model !== undefined),
    ...readFields(load, [{ field: "attn_implementation", key: "attn", take: takeAttention }]),
    ...readFields(config, [{ field: "model_init_kwargs.attn_implementation", key: "attn", take: takeAttention }]),
  ];
};

const BY_CONFIG = ["Model", "ModelForCausalLM", "ModelForSequenceClassification", "ModelForImageTextToText"];

const LANGUAGE =
  "Llama Mistral Mixtral Qwen2 Qwen2Moe Qwen3 Qwen3Moe Gemma Gemma2 Gemma3 Phi Phi3 GptOss OPT Falcon Olmo Olmo2";
const PICTURES = "Gemma3 Llama4 Mistral3 Qwen2VL Qwen2_5_VL Llava";

/** Calls that load a model: by the class in its config, and some by their own. */
const LOADERS = [
  ...BY_CONFIG.map((name) => `Auto${name}`),
  ...LANGUAGE.split(" ").map((family) => `${family}ForCausalLM`),
  ...PICTURES.split(" ").map((family) => `${family}ForConditionalGeneration`),
].map((name) => `${name}.from_pretrained`);

const OF_LOADERS = [
  "quantization_config",
  "distributed_config",
  "device_map",
  "device_map.",
  "trust_remote_code",
  "token",
  "use_auth_token",
  "cache_dir",
  "revision",
  "low_cpu_mem_usage",
  "use_cache",
  "load_in_4bit",
  "load_in_8bit",
  "dtype",
  "torch_dtype",
  "num_labels",
  "local_files_only",
];

/** Arguments of loading, packing and adapting a model that change nothing of a step's memory where no finding is about them. */
const HARMLESS_OF_LOADING: readonly string[] = [
  ...harmlessOf(LOADERS, OF_LOADERS),
  ...harmlessOf(["BitsAndBytesConfig"], HARMLESS_OF_BITS),
  ...harmlessOf(
    PEFT_TUNERS.map((name) => `${name}Config`),
    HARMLESS_OF_PEFT,
  ),
  "get_peft_model.",
  "prepare_model_for_kbit_training.",
  "gradient_checkpointing_enable.",
];

const standsIn = defaultsOf("TRL's default (1.10, *).");

/** Of rows that are trained on next tokens. @see trl@f2cd5771:trl/trainer/sft_config.py (lines 205, 225, 283, 296) */
const OF_SFT: readonly FieldRule[] = [
  {
    field: ["max_length", "max_seq_length"],
    key: "seq",
    take: takeNumber,
    isLength: true,
    otherwise: standsIn("1024", "trainer/sft_config.py:205"),
  },
  { field: "packing", key: "packing", take: takeFlag, otherwise: standsIn("0", "trainer/sft_config.py:225") },
];

/** Of every trainer. */
const OFFLOADED: readonly FieldRule[] = [{ field: "activation_offloading", key: "actoffload", take: takeFlag }];

/** A script of its own cuts rows where it makes tokens of them. */
const CUT: readonly FieldRule[] = [{ field: "tokenizer.max_length", key: "seq", take: takeNumber }];

const CKPT = standsIn("1", "trainer/base_config.py:61");

/** A trainer of transformers itself, with its own arguments. */
const TRANSFORMERS: Finding = {
  kind: "assumed",
  key: "stack",
  text: "transformers",
  sentence: "No class of TRL is called.",
};

/** A config or a trainer of TRL's, a second one of its kind among them. */
const OF_TRL_ALONE = classPattern(TRL_OBJECTIVES, String.raw`\w*(?:\(\d+\))?`);

const isOfTrlAlone = (source: Source): boolean => (source.calls ?? []).some(({ name }) => OF_TRL_ALONE.test(name));

/** Adapters by the class of their config, which is what `peft_type` is in a file. */
const readAdapters = (source: Source): readonly Finding[] => {
  const call = callField(source, ADAPTERS);
  if (call === undefined) return [];
  const given = argumentsOf(source, ADAPTERS);
  const type = typeOfClass(call.path);
  return readPeftConfig(
    type === "LORA" ? given : { ...given, fields: new Map([...given.fields, ["peft_type", { ...call, value: type }]]) },
  );
};

const PADDED = {
  kind: "assumed",
  key: "packing",
  text: "0",
  sentence: "transformers' own trainer packs nothing: shorter rows are padded.",
} as const;

/** What packs rows, and whether a step runs under autocast: TRL's defaults, or transformers'. */
const readRows = (
  source: Source,
  own: Source,
  { ofTrl, hasOwnConfig, isSft }: Readonly<{ ofTrl: boolean; hasOwnConfig: boolean; isSft: boolean }>,
): readonly Finding[] => [
  ...(hasOwnConfig ? readAutocast(own) : readPlainAutocast(own)),
  ...(ofTrl
    ? [
        ...(isSft ? [...readFields(own, OF_SFT), ...readTrlLoss(own, PREFERENCE_CHANGE)] : []),
        ...readFields(own, OFFLOADED),
        ...readPaddingFree(own),
      ]
    : [PADDED, ...readFields(source, CUT)]),
];

/** A reference that is loaded in 4 bits. */
const asPacked = (found: Finding): Finding =>
  found.kind === "read" && found.key === "ref" && found.text === "copy" ? { ...found, text: "copy-4bit" } : found;

const isPacked = (findings: readonly Finding[]): boolean =>
  findings.some((found) => found.kind === "read" && found.key === "method" && found.text === "qlora");

/** Scripts of TRL and of the Trainer, with PEFT and bitsandbytes: calls of their classes. @see trl@f2cd5771 (1.10.0.dev0):trl/trainer/ */
export const TRL_SCRIPT_READER: ToolReader = {
  id: "trl-script",
  name: "TRL 1.10 in Python",
  stack: "trl",
  says: "run",
  recognises: (source) =>
    [TRAINER_CONFIGS, TRAINER_CALLS, ADAPTERS].some((kind) => callName(source, kind) !== undefined),
  read: (source, look) => {
    const { config, configName, objective, isOfTrl } = readObjective(source);
    const own = mergedFields(source, [config, argumentsOf(source, TRAINER_CALLS)]);
    const ofTrl = isOfTrlAlone(source);
    // Without a config of its own a trainer of TRL makes one.
    const hasOwnConfig = isOfTrl || (ofTrl && configName === "");
    const counted = countedObjectiveOfCalls(own, objective);
    const loaded = readLoadedModel(source, config, look);
    const packs = packsReference(source);
    return [
      ...(ofTrl ? [] : [TRANSFORMERS]),
      ...loaded,
      ...readAdapters(source),
      ...readTrainingArguments(own, hasOwnConfig ? { ckpt: CKPT } : {}),
      ...readCheckpointCalls(source, isPacked(loaded)),
      ...readRows(source, own, { ofTrl, hasOwnConfig, isSft: counted === undefined }),
      ...readTrainerSharding(own, {}),
      ...readDistributedConfig(source),
      ...readAllocator(source),
      ...readCalledObjective(own, objective).map((found) => (packs ? asPacked(found) : found)),
      ...(counted === undefined
        ? []
        : [...readTrlVersion(own, counted), ...readTeacher(own, counted, { ...look, findings: loaded })]),
      ...otherCalls(
        source,
        [LOAD, TRAINER_CONFIGS, ADAPTERS],
        [loadOf(source), ADAPTERS].map((kind) => callName(source, kind) ?? "").concat(configName),
      ),
      ...objectsOfTrainers(source, trainerArgumentFields(counted)),
    ];
  },
  harmless: [...HARMLESS_OF_SCRIPTS, ...HARMLESS_OF_LOADING, ...HARMLESS_OF_DISTRIBUTED],
};
