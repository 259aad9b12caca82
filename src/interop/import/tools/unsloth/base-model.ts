import type { Finding } from "#interop/import/finding.ts";
import { readModel } from "#interop/import/named-model.ts";
import { readPackedCheckpoint } from "#interop/import/packed-checkpoint.ts";
import { fieldOf, isOn } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { takeDtype } from "#interop/import/tools/hugging-face/words.ts";
import type { ReadWith } from "#interop/import/tool-reader.ts";

const FOUR_BITS = "Unsloth's 4 bits (models/loader.py:1038): NF4 with double quantization.";

/** NF4 with double quantization; a checkpoint whose name says that some linears are left out of it has those. */
const fourBits = (method: Finding, model: SourceField | undefined): readonly Finding[] => [
  method,
  { kind: "assumed", key: "quant", text: "nf4", sentence: FOUR_BITS },
  { kind: "assumed", key: "dq", text: "1", sentence: FOUR_BITS },
  ...readPackedCheckpoint(model).filter((found) => "key" in found && found.key === "quant"),
];

/**
 * What is trained, and how the base is stored. Without a word it is QLoRA, even of a 16-bit name.
 *
 * @see unsloth@015bdef0:unsloth/models/loader.py:414-417, from_pretrained
 */
const readMethod = (load: Source, model: SourceField | undefined): readonly Finding[] => {
  const on = (name: string): SourceField | undefined => {
    const field = fieldOf(load, name);
    return field !== undefined && isOn(field.value) ? field : undefined;
  };
  const full = on("full_finetuning");
  if (full !== undefined) return [{ kind: "read", field: full, key: "method", text: "full" }];
  const eight = on("load_in_8bit");
  if (eight !== undefined)
    return [
      { kind: "read", field: eight, key: "method", text: "qlora" },
      { kind: "read", field: eight, key: "quant", text: "int8" },
    ];
  const sixteen = on("load_in_16bit");
  if (sixteen !== undefined) return [{ kind: "read", field: sixteen, key: "method", text: "lora" }];
  const four = fieldOf(load, "load_in_4bit");
  if (four !== undefined && four.value === false) return [{ kind: "read", field: four, key: "method", text: "lora" }];
  if (four !== undefined && isOn(four.value))
    return fourBits({ kind: "read", field: four, key: "method", text: "qlora" }, model);
  const sentence = "Unsloth's default (models/loader.py:414): load_in_4bit is on.";
  return fourBits({ kind: "assumed", key: "method", text: "qlora", sentence, ...(four && { field: four }) }, model);
};

/** The type that weights are loaded in; None is that of the card. */
const readDtype = (load: Source): readonly Finding[] => {
  const field = fieldOf(load, ["dtype", "torch_dtype"]);
  if (field === undefined) return [];
  const isOpen = field.value === null || field.value === "None" || field.value === "dtype";
  const taken = isOpen ? null : takeDtype(field.value);
  if (taken === null) return [{ kind: "ignored", field, sentence: "Left to Unsloth: bf16 where the card has it." }];
  if (typeof taken !== "string") return [{ kind: "not-modelled", field, sentence: taken.notModelled }];
  return [
    { kind: "read", field, key: "weights", text: taken },
    ...(taken === "fp16" ? [{ kind: "read", field, key: "compute", text: "fp16" } as const] : []),
  ];
};

/** The model, and the method. */
export const readBase = (load: Source, { catalog }: ReadWith): readonly Finding[] => {
  const model = fieldOf(load, "model_name");
  return [...readModel(model, catalog), ...readMethod(load, model), ...readDtype(load)];
};
