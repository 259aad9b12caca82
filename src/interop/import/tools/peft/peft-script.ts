import { ownValue } from "#calc/base/guards.ts";
import { defaultsOf, type Finding, type Source, wordOf, fieldOf, isSet } from "#interop/import/read-fields.ts";
import type { LinkKey } from "#scenario/keys/choices.ts";
import { TRL_COMMAND_READER } from "#interop/import/tools/trl/trl.ts";
import { type ToolReader, readModel } from "#interop/import/named-model.ts";
import { readPackedCheckpoint } from "#interop/import/packed-checkpoint.ts";
import { HARMLESS_OF_PEFT, readPeftConfig } from "./peft-config.ts";

/** The script's own names by TRL's, whose classes it uses. @see peft@5d602fdb (0.20.1):examples/sft/train.py, ModelArguments */
const NAMES: Readonly<Record<string, string>> = {
  use_peft_lora: "use_peft",
  use_4bit_quantization: "load_in_4bit",
  use_8bit_quantization: "load_in_8bit",
  use_nested_quant: "use_bnb_nested_quant",
  use_reentrant: "gradient_checkpointing_kwargs.use_reentrant",
};

const standsIn = defaultsOf("The script's default (PEFT, examples/sft/train.py:*).");

/** @see peft@5d602fdb (0.20.1):examples/sft/train.py (lines 27 to 48) */
const DEFAULTS: Readonly<Partial<Record<LinkKey, Readonly<{ text: string; sentence: string }>>>> = {
  r: standsIn("64", "29"),
  alpha: standsIn("16", "27"),
  dropout: standsIn("0.1", "28"),
  targets: standsIn("q_proj,k_proj,v_proj,o_proj,down_proj,up_proj,gate_proj", "30"),
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
