import { ownValue } from "#calc/base/own-value.ts";
import type { Taken } from "#interop/import/read-fields.ts";
import type { Plain } from "#interop/import/source.ts";
import { namesOf, quoted, wordOf } from "#interop/import/take.ts";

/** transformers' attentions, and kernels of its hub, by what the link calls them. @see transformers@5.14.1:modeling_utils.py, attn_implementation */
const ATTENTION: readonly (readonly [RegExp, string])[] = [
  [/^(flash_attention_[23]|kernels-community\/(vllm-)?flash-attn\d?(@.*)?)$/, "flash"],
  [/^sdpa$/, "sdpa"],
  [/^eager$/, "eager"],
];

export const takeAttention = (value: Plain): Taken => {
  const word = wordOf(value);
  const known = ATTENTION.find(([name]) => name.test(word));
  return known?.[1] ?? { notModelled: `What the attention ${quoted(value)} keeps is not known here.` };
};

const DTYPES: Readonly<Record<string, string>> = {
  bfloat16: "bf16",
  bf16: "bf16",
  float16: "fp16",
  fp16: "fp16",
  half: "fp16",
  float32: "fp32",
  fp32: "fp32",
  float: "fp32",
};

/** A type of torch by its name; `auto` is that of the checkpoint, which the library's row of the catalog has. */
export const takeDtype = (value: Plain): Taken => {
  const word = wordOf(value)
    .toLowerCase()
    .replace(/^torch\./, "");
  if (word === "auto") return null;
  return ownValue(DTYPES, word) ?? { notModelled: `${quoted(value)} is no type that weights are kept in here.` };
};

const isName = (word: string): boolean => /^[A-Za-z_]\w*$/.test(word);

/** The module that the end of a path names in every layer: "self_attn.q_proj". A path with the number of a layer in it names that layer alone. */
const moduleOf = (path: string): string =>
  /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/.test(path) ? (path.split(".").at(-1) ?? path) : path;

const EVERY_LINEAR = {
  text: "all-linear",
  sentence: "Modules are named by their paths or by a pattern: every linear is counted as adapted.",
};

/**
 * Modules that have adapters: all linear ones, or names of modules. A path or a regular expression names some layers alone, which no key says.
 *
 * @param all the tool's word for every linear
 */
export const takeTargets =
  (all: readonly string[]) =>
  (value: Plain): Taken => {
    const names = [...new Set(namesOf(value).map(moduleOf))];
    if (names.length === 0) return null;
    if (names.some((name) => all.includes(name))) return "all-linear";
    return names.every(isName)
      ? names.join(",")
      : {
          notModelled: `${quoted(value)} names parts of a model by their paths; no key says which layers.`,
          counted: EVERY_LINEAR,
        };
  };

/** Modules that are trained whole beside adapters. */
export const takeModules = (value: Plain): Taken => {
  const names = namesOf(value);
  if (names.length === 0) return null;
  const modules = names.map(moduleOf);
  return modules.every(isName)
    ? modules.join(",")
    : { notModelled: `${quoted(value)} is no list of modules, or names those of some layers alone.` };
};
