// Values of transformers' fields: attention, dtype, target modules, optimizer, autocast.

import { ownValue } from "#calc/base/guards.ts";
import {
  type Taken,
  type PlainValue,
  namesOf,
  quoted,
  wordOf,
  type Finding,
  fieldOf,
  isOn,
  type Source,
  type SourceField,
  takeFlag,
} from "#interop/import/source-fields.ts";
import type { OptimizerId } from "#calc/model/scenario.ts";

/** transformers' attentions, and kernels of its hub, by what the link calls them. @see transformers@5.14.1:modeling_utils.py, attn_implementation */
const ATTENTION: readonly (readonly [RegExp, string])[] = [
  [/^(flash_attention_[23]|kernels-community\/(vllm-)?flash-attn\d?(@.*)?)$/, "flash"],
  [/^sdpa$/, "sdpa"],
  [/^eager$/, "eager"],
];

export const takeAttention = (value: PlainValue): Taken => {
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
export const takeDtype = (value: PlainValue): Taken => {
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
  (value: PlainValue): Taken => {
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
export const takeModules = (value: PlainValue): Taken => {
  const names = namesOf(value);
  if (names.length === 0) return null;
  const modules = names.map(moduleOf);
  return modules.every(isName)
    ? modules.join(",")
    : { notModelled: `${quoted(value)} is no list of modules, or names those of some layers alone.` };
};

/**
 * The names of `optim` whose states the engine knows. `adamw_8bit` and `paged_adamw` are other names of two of them.
 *
 * @see transformers@5.14.1:training_args.py, OptimizerNames (lines 114 to 160)
 */
const NAMES: Readonly<Record<string, OptimizerId>> = {
  adamw_torch: "adamw_torch",
  adamw_torch_fused: "adamw_torch_fused",
  adamw_apex_fused: "adamw_apex_fused",
  adamw_bnb_8bit: "adamw_bnb_8bit",
  adamw_8bit: "adamw_bnb_8bit",
  paged_adamw_8bit: "paged_adamw_8bit",
  paged_adamw_32bit: "paged_adamw_32bit",
  paged_adamw: "paged_adamw_32bit",
  adamw_torch_8bit: "adamw_torch_8bit",
  adamw_torch_4bit: "adamw_torch_4bit",
  adafactor: "adafactor",
  lion_32bit: "lion",
  lion: "lion",
  sgd: "sgd",
  galore_adamw: "galore_adamw",
  apollo_adamw: "apollo_adamw",
  lomo: "lomo",
  adalomo: "adalomo",
  muon: "muon",
};

/** An optimizer by the name that transformers, or a library over it, has for it. */
export const takeOptimizer = (value: PlainValue): Taken => {
  const name = wordOf(value)
    .toLowerCase()
    .replace(/^optimizernames\./, "");
  return Object.hasOwn(NAMES, name)
    ? (NAMES[name] ?? null)
    : { notModelled: `The states of the optimizer ${quoted(value)} are not known here.` };
};

const isOff = (field: SourceField | undefined): boolean => field === undefined || takeFlag(field.value) === "0";

/** A question to the card: cards of today can compute in bf16. */
const ASKS_THE_CARD = /is_bf(loat)?16_supported/;

/** Switches that only a run knows. */
const unknown = (source: Source): readonly Finding[] =>
  [fieldOf(source, "bf16"), fieldOf(source, "fp16")].flatMap((field): readonly Finding[] => {
    if (field === undefined || field.value === null || ASKS_THE_CARD.test(wordOf(field.value))) return [];
    const taken = takeFlag(field.value);
    return taken === null || typeof taken === "string"
      ? []
      : [{ kind: "not-modelled", field, sentence: taken.notModelled }];
  });

/** Autocast of TRL's configs: bf16 unless fp16 is on, or it is switched off. @see trl@f2cd5771:trl/trainer/base_config.py:105 */
export const readAutocast = (source: Source): readonly Finding[] => {
  const bf16 = fieldOf(source, "bf16");
  const isSwitchedOff = bf16 !== undefined && bf16.value !== null && isOff(bf16);
  return isSwitchedOff && !isOn(fieldOf(source, "fp16")?.value)
    ? [{ kind: "read", field: bf16, key: "autocast", text: "0" }]
    : unknown(source);
};

const NEITHER = "transformers' default: neither bf16 nor fp16 is on (5.14.1, training_args.py:853).";

/** Autocast of transformers' own arguments, which are off unless one is on. @see transformers@5.14.1:training_args.py:853 */
export const readPlainAutocast = (source: Source): readonly Finding[] => {
  const bf16 = fieldOf(source, "bf16");
  if (!isOff(bf16) || !isOff(fieldOf(source, "fp16"))) return unknown(source);
  return bf16 === undefined || bf16.value === null
    ? [{ kind: "assumed", key: "autocast", text: "0", sentence: NEITHER }]
    : [{ kind: "read", field: bf16, key: "autocast", text: "0" }];
};

/** What is said where a tool compiles a model. */
export const COMPILED = "torch.compile fuses kernels, which saves other tensors than those that are counted here.";
