// Readers of a model's config.json and of its safetensors index.

import { TEXT_PARTS } from "#interop/config-json/model-kinds.ts";
import {
  unknownFinding,
  type ToolReader,
  type Finding,
  fieldOf,
  isOn,
  type Source,
  type SourceField,
  numberOf,
  quoted,
  wordOf,
  sectionOf,
} from "#interop/import/source-fields.ts";
import { BITS_AND_BYTES, readPackedBase } from "#interop/import/fields/bitsandbytes.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { parseConfigJson } from "#interop/config-json/config-json.ts";
import { COUNT_FIELDS } from "#interop/config-json/count-fields.ts";
import { ARCHITECTURE_FIELDS } from "#scenario/keys/codec/architecture-fields.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { linkTexts } from "#scenario/choices/encode-link.ts";
import { formatCount } from "#format/numbers.ts";

/** Parts beside the text decoder. */
const OF_OTHER_PARTS: readonly string[] = [
  "vision_config",
  "audio_config",
  "perceiver_config",
  "speech_config",
  "thinker_config.vision_config",
  "thinker_config.audio_config",
  "talker_config",
  "token2wav_config",
  "code2wav_config",
];

/** What config.json files say of tokens, initial weights, positions and writing, and what the reader of architectures takes without a word. */
const NAMES =
  `architectures model_type _name_or_path transformers_version torch_dtype dtype use_cache bos_token_id eos_token_id pad_token_id
decoder_start_token_id initializer_range initializer_factor rms_norm_eps layer_norm_eps layer_norm_epsilon norm_eps norm_epsilon rope_theta
rope_scaling rope_parameters rope_local_base_freq rope_interleave rotary_pct rotary_dim rotary_base rotary_emb_base partial_rotary_factor
original_max_position_embeddings auto_map attention_dropout hidden_dropout attn_pdrop resid_pdrop embd_pdrop dropout pretraining_tp
hidden_act hidden_activation activation_function hidden_act_param attention_bias mlp_bias qkv_bias add_bias_linear tie_word_embeddings
use_sliding_window max_window_layers layer_types sliding_window_pattern query_pre_attn_scalar final_logit_softcapping attn_logit_softcapping
attn_logit_cap router_aux_loss_coef output_router_logits norm_topk_prob routed_scaling_factor router_jitter_noise scoring_func topk_group
topk_method n_group aux_loss_alpha seq_aux moe_layer_freq ep_size decoder_sparse_step mlp_only_layers use_qk_norm qk_norm is_decoder
image_token_index image_token_id video_token_id boi_token_index eoi_token_index vision_start_token_id vision_end_token_id mm_tokens_per_image
vision_token_id quantization unsloth_fixed unsloth_version id2label label2id task_specific_params summary_activation summary_first_dropout
summary_proj_to_labels summary_type summary_use_proj n_ctx reorder_and_upcast_attn scale_attn_by_inverse_layer_idx scale_attn_weights
gradient_checkpointing chunk_size_feed_forward embedding_multiplier logits_scaling residual_multiplier attention_multiplier use_mrope
interleaved_slots logits_to_keep cache_implementation fused_mlp fused_rotary_emb alibi new_decoder_architecture parallel_attn multi_query bias`.split(
    /\s+/,
  );

const SECTIONS = ["rope_scaling.", "rope_parameters.", "auto_map.", "id2label.", "label2id.", "task_specific_params."];

const everywhere = [...NAMES, ...SECTIONS];

/** Fields of a config.json that are taken with the others, or change no memory. */
const HARMLESS_OF_CONFIG: readonly string[] = [
  ...everywhere,
  ...TEXT_PARTS.flatMap((part) => everywhere.map((name) => `${part}.${name}`)),
  ...OF_OTHER_PARTS.map((part) => `${part}.`),
  "quantization_config.",
];

const SECTION = "quantization_config";
const WITHOUT_METHOD =
  "The section names no quant_method, which transformers asks for: weights are counted in 16 bits.";

const OF_FOUR_BITS = ["gptq", "awq"];

const packed = (field: SourceField): readonly Finding[] => [
  { kind: "read", field, key: "method", text: "qlora" },
  { kind: "read", field, key: "quant", text: "gptq" },
];

const bitsOf = (section: Source): number | undefined => numberOf(fieldOf(section, ["bits", "w_bit"])?.value);

/** Formats of checkpoints that are no fields of bitsandbytes. */
const readOther = (section: Source, field: SourceField): readonly Finding[] => {
  const word = wordOf(field.value).toLowerCase();
  if (OF_FOUR_BITS.includes(word) && (bitsOf(section) ?? 4) === 4) {
    const sentence = "A checkpoint of AWQ, counted as one of GPTQ, which has 4 bits, too.";
    return [...packed(field), ...(word === "awq" ? [{ kind: "not-modelled", field, sentence } as const] : [])];
  }
  if (word === "mxfp4")
    return [{ kind: "ignored", field, sentence: "The library's row says what becomes of experts in MXFP4." }];
  return [unknownFinding(field, "quant", `Weights in ${quoted(field.value)} are not known here.`)];
};

/** What stands where a section should, and an older name of the section: nothing of them is taken. */
const readOdd = ({ fields }: Source): readonly Finding[] =>
  [...fields.values()]
    .filter(({ path, value }) => (path === SECTION && value !== null) || path === "compression_config.quant_method")
    .map((field) => unknownFinding(field, "quant", "This quantization is not known here."));

/** How a checkpoint's weights are packed, as its config.json says it. */
const readQuantizationConfig = (source: Source): readonly Finding[] => {
  const section = sectionOf(source, SECTION);
  if (section.fields.size === 0) return readOdd(source);
  const field = fieldOf(section, "quant_method");
  const isBits =
    field?.value === "bitsandbytes" ||
    ["load_in_4bit", "load_in_8bit"].some((name) => isOn(fieldOf(section, name)?.value));
  const list: readonly Finding[] = isBits ? readPackedBase(section, BITS_AND_BYTES) : [];
  if (list.length > 0) return list;
  const [first] = section.fields.values();
  if (field !== undefined) return readOther(section, field);
  return first === undefined ? [] : [{ kind: "not-modelled", field: first, sentence: WITHOUT_METHOD }];
};

const PLACE = /^(config\.json is not JSON\. )?Line (\d+), column (\d+): /;

/** A sentence without the line that it begins with, which is said beside it. */
const placed = (message: string): Readonly<{ line: number | null; sentence: string }> => {
  const [, , line] = PLACE.exec(message) ?? [];
  return { line: line === undefined ? null : Number(line), sentence: message.replace(PLACE, "$1Column $3: ") };
};

/** A field of the decoder: within its part, which counts, or outside of any. */
const decoderField = (source: Source, name: string): SourceField | undefined =>
  [...TEXT_PARTS.map((part) => `${part}.${name}`), name]
    .map((path) => source.fields.get(path))
    .find((field) => field !== undefined);

const archOf = (architecture: Architecture): string =>
  linkTexts({ ...DEFAULT_CHOICES, model: { kind: "architecture", architecture } })["arch"] ?? "";

/** The counts that the file has, under any of their names: each is a part of the architecture, by its tag. */
const countFields = (source: Source, architecture: Architecture): readonly Finding[] =>
  ARCHITECTURE_FIELDS.flatMap(({ field: name, tag }): readonly Finding[] => {
    const names = Object.entries(COUNT_FIELDS).find(([each]) => each === name)?.[1].names ?? [];
    const field = names.map((each) => decoderField(source, each)).find((each) => each !== undefined);
    const value = architecture[name];
    if (field === undefined || typeof value !== "number") return [];
    return [{ kind: "read", field, key: "arch", text: `${tag}${value}`, isPart: true }];
  });

/** What is wrong with a file, with its line; the column stays in the sentence, for files of one line. */
const refused = (source: Source, { key, message }: Pick<Issue, "key" | "message">): Finding => {
  const { line, sentence } = placed(message);
  const [first = null] = source.fields.values();
  const field = decoderField(source, key) ?? (line === null ? null : first);
  return { kind: "refused", field: field === null || line === null ? field : { ...field, line }, sentence };
};

/** What was wrong with a field, or is assumed where there is none. */
const issueFinding = (source: Source, { code, key, message }: Issue): Finding => {
  const field = decoderField(source, key);
  const { sentence } = placed(message);
  if (field === undefined || code === "assumed-field")
    return { kind: "filled", key: "arch", sentence, ...(field && { field }) };
  return { kind: "not-modelled", field, sentence };
};

/** No GPU can run what these numbers say. */
const NOT_RUNNABLE = {
  key: "model_type",
  message: "Its numbers do not make a model that can run: do they belong together?",
};

const readArchitecture = (source: Source): readonly Finding[] => {
  const { value, issues } = parseConfigJson(source.text ?? "");
  const type = decoderField(source, "model_type") ?? [...source.fields.values()][0];
  if (value === null || type === undefined) return issues.map((issue) => refused(source, issue));
  if (!ENGINE.isRunnable(value)) return [...issues, NOT_RUNNABLE].map((issue) => refused(source, issue));
  return [
    ...countFields(source, value),
    { kind: "read", field: type, key: "model", text: "custom" },
    { kind: "read", field: type, key: "arch", text: archOf(value) },
    ...issues.map((issue) => issueFinding(source, issue)),
  ];
};

/** Parts of a model of several kinds of input, which are not counted. */
const readParts = (source: Source): readonly Finding[] =>
  OF_OTHER_PARTS.flatMap((part): readonly Finding[] => {
    const inside = [...source.fields.values()].find(({ path }) => path.startsWith(`${part}.`));
    if (inside === undefined) return [];
    const sentence = `Of ${part} nothing is counted: the model is taken as its text decoder alone.`;
    return [{ kind: "not-modelled", field: inside, sentence }];
  });

/** Names that only a model's own config.json has. */
const OWN = ["hidden_size", "n_embd", "d_model", "num_hidden_layers", "n_layer"];

/** A file that names no type is a model's where it has several of these. */
const ENOUGH = 2;

/** Any of them says that a file is of a model; the last one that it is of diffusers. */
const TYPES = ["model_type", "architectures", "_class_name"];

const isOfModel = (source: Source): boolean =>
  TYPES.some((name) => source.fields.has(name)) ||
  OWN.filter((name) => decoderField(source, name) !== undefined).length >= ENOUGH;

/** A model's config.json: its architecture, and how its weights are packed. */
export const CONFIG_JSON_READER: ToolReader = {
  id: "config-json",
  name: "config.json",
  stack: null,
  says: "part",
  recognises: (source) => source.text !== undefined && isOfModel(source),
  read: (source) => {
    const architecture = readArchitecture(source);
    if (architecture.some(({ kind }) => kind === "refused")) return architecture;
    return [...architecture, ...readParts(source), ...readQuantizationConfig(source)];
  },
  harmless: HARMLESS_OF_CONFIG,
};

const WEIGHTS = "weight_map.";
const BYTES_OF_SIXTEEN_BITS = 2;

const tensorsOf = ({ fields }: Source): number => [...fields.keys()].filter((path) => path.startsWith(WEIGHTS)).length;

/** How much a checkpoint has; of which shapes its index does not say. */
const readCounts = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "metadata.total_size");
  const bytes = numberOf(field?.value);
  if (field === undefined || bytes === undefined) return [];
  const parameters = Math.round(bytes / BYTES_OF_SIXTEEN_BITS);
  const sentence = `The checkpoint has ${formatCount(bytes)} bytes in ${formatCount(tensorsOf(source))} tensors: ${formatCount(parameters)} parameters, if each has 16 bits. Its shapes stand in config.json.`;
  return [{ kind: "ignored", field, sentence }];
};

/** `model.safetensors.index.json`: how many bytes a checkpoint has, in how many tensors. */
export const TENSOR_INDEX_READER: ToolReader = {
  id: "tensor-index",
  name: "safetensors index",
  stack: null,
  says: "part",
  recognises: (source) => [...source.fields.keys()].some((path) => path.startsWith(WEIGHTS)),
  read: readCounts,
  harmless: [WEIGHTS, "metadata."],
};
