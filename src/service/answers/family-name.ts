import { capitalised } from "#format/capitalised.ts";
import { ENGINE } from "#calc/whole-engine.ts";

/** Families that we do not know, and that people write otherwise than with a capital letter. */
const WRITTEN = new Map([["mpt", "MPT"]]);

/** A `model_type` as a family's name in a sentence: "llama" is Llama, "qwen3_moe" Qwen 3 MoE; another library's "litgpt/llama" is Llama too. */
export const familyName = (type: string): string => {
  const model_type = type.slice(type.indexOf("/") + 1);
  const written = ENGINE.nameOf(model_type) ?? WRITTEN.get(model_type);
  if (written !== undefined) return written;
  const words = model_type
    .replaceAll(/([a-z])(\d)/g, "$1 $2")
    .split("_")
    .map((word) => (word === "moe" ? "MoE" : word));
  const name = words.join(" ");
  return capitalised(name);
};
