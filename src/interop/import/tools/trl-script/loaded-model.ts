import {
  type Finding,
  fieldOf,
  readFields,
  type Source,
  takeFlag,
  isOn,
  readAs,
  type SourceField,
  isSet,
} from "#interop/import/read-fields.ts";
import { argumentsOf, callField, callName } from "#interop/import/tools/python/called.ts";
import { classOf, PEFT_TUNERS } from "#interop/import/own-name.ts";
import { readModel, type ReadWith } from "#interop/import/named-model.ts";
import { readPackedCheckpoint } from "#interop/import/packed-checkpoint.ts";
import { BITS_AND_BYTES, readDoubleQuant, readPackedBase } from "#interop/import/tools/hugging-face/bitsandbytes.ts";
import { takeAttention, takeDtype } from "#interop/import/tools/hugging-face/words.ts";
import { TRAINERS } from "#interop/import/tools/python/harmless-of-scripts.ts";

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
export const readCheckpointCalls = (source: Source, isPacked: boolean): readonly Finding[] => [
  ...(isPacked ? switchedBy(source, PREPARE) : []),
  ...switchedBy(source, ENABLE),
];

/** A model that is loaded by the class that its config names, or by its own. */
export const LOAD = /^(AutoModel\w*|\w+For(CausalLM|ConditionalGeneration))\.from_pretrained$/;

const OF_LANGUAGE =
  /^(?!\w*ForSequenceClassification)(AutoModel\w*|\w+For(CausalLM|ConditionalGeneration))\.from_pretrained$/;

/** A trainer whose completions another model may score. */
const SCORED = /^(GRPO|RLOO|OnlineDPO|XPO|NashMD)Trainer$/;

/** The calls that load the model that is trained: a model that scores its completions is none. */
export const loadOf = (source: Source): RegExp => (callName(source, SCORED) === undefined ? LOAD : OF_LANGUAGE);

/** A config of one of PEFT's tuners. */
export const ADAPTERS = classOf(PEFT_TUNERS, "Config");

const BITS = /^BitsAndBytesConfig$/;
const IN_4_BITS = /^BitsAndBytesConfig(\(\d+\))?\.load_in_4bit$/;

/** The name of a model that a trainer is given instead of a model. */
const givenName = (source: Source): SourceField | undefined => {
  const field = fieldOf(argumentsOf(source, TRAINERS), "model");
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

const handsReference = (source: Source): boolean => fieldOf(argumentsOf(source, TRAINERS), "ref_model") !== undefined;

/** Whether the reference that a trainer is handed is packed: the model is loaded twice, the second time in 4 bits. */
export const packsReference = (source: Source): boolean => {
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
export const readLoadedModel = (source: Source, config: Source, { catalog }: ReadWith): readonly Finding[] => {
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
