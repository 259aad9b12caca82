// Catalog model and packed format by a model's name, class names of TRL and PEFT, the type of a tool's reader.

import type { Catalog } from "#catalog/catalog.ts";
import { unknownText } from "#scenario/keys/issues.ts";
import {
  type Finding,
  isNone,
  type PlainValue,
  type SourceField,
  quoted,
  wordOf,
  unknownFinding,
} from "./source-fields.ts";

/** No name of a model or a file has more characters. */
const LONGEST_NAME = 500;

/** The last part of "owner/name", or of a path, whatever ends it. */
export const lastNamePart = (path: string): string =>
  path
    .trim()
    .split(/[/\\]/)
    .findLast((part) => part !== "") ?? path;

/** TRL's objectives as its classes are called: `SFTConfig`, `GRPOTrainer`. @see trl@f2cd5771:trl/trainer/, trl/experimental/ */
export const OTHERS = [
  ["GRPO", "RLOO"],
  ["DPO", "KTO", "BCO", "CPO", "ORPO", "XPO", "OnlineDPO", "NashMD"],
  ["PPO"],
  ["Reward", "PRM"],
  ["GKD"],
] as const;

/** What mirrors write at the end of a name for the way in which weights are stored. */
const STORED =
  /[-_](unsloth-bnb-4bit|bnb-4bit|bnb-8bit|bnb-nf4|nvfp4|gptq(-int[48])?(-[0-9a-z]+g)?|awq(-int4)?|gguf|fp8(-dynamic)?|int8|bf16|fp16|hf)$/;

/** Words that change nothing of an architecture: how a model was tuned, and whose copy it is. */
const WORDS = new Set([
  "instruct",
  "chat",
  "it",
  "base",
  "pt",
  "hf",
  "sft",
  "meta",
  "checkpoints",
  "reasoning",
  "thinking",
  "1m",
  "deduped",
]);

/** Models that are others of the catalog by their widths, depth and vocabulary, under another name. */
const SAME: readonly (readonly [RegExp, string])[] = [
  [/^qwen2\.5-(coder|math)-(?=\d)/, "qwen2.5-"],
  [/^gemma-1\.1-/, "gemma-"],
  [/^qwen3-coder-30b-a3b(-instruct)?$/, "qwen3-30b-a3b"],
  [/^qwen3-235b-a22b-.*2507$/, "qwen3-235b-a22b"],
  [/^deepseek-v3(-0324|\.1.*)$/, "deepseek-v3"],
  [/^smollm-/, "smollm2-"],
  [/^(magistral|devstral)-small-250[567]$/, "mistral-small-24b-2501"],
  [/^mistral-small-3\.1-24b-.*$/, "mistral-small-3.2-24b"],
  [/^gpt-oss-safeguard-/, "gpt-oss-"],
  [/^mimo-7b-(rl|sft).*$/, "mimo-7b"],
  [/^hermes-3-llama-3\.1-/, "llama-3.1-"],
  [/^vicuna-(\d+b)-v1\.5$/, "llama-2-$1"],
  [/^open_llama_(7|13)b(_v2)?$/, "llama-1-$1b"],
  [/^tinyllama([-_]|$).*$/, "tinyllama-1.1b"],
  [/^zephyr-7b-gemma-.*$/, "gemma-7b"],
  [/^zephyr-7b-.*$/, "mistral-7b-v0.1"],
  [/^mistral-7b(-sft-.*)?$/, "mistral-7b-v0.1"],
];

const withoutStored = (name: string): string => {
  const shorter = name.replace(STORED, "");
  return shorter === name ? name : withoutStored(shorter);
};

/** A name without what does not count: letters, digits and points alone. */
const plain = (name: string): string =>
  name
    .split(/[-_\s]+/)
    .filter((word) => !WORDS.has(word))
    .join("")
    .replaceAll(/[^a-z0-9.]/g, "");

const known = (name: string): string => {
  const own = withoutStored(lastNamePart(name).toLowerCase());
  const same = SAME.find(([from]) => from.test(own));
  return same === undefined ? own : own.replace(...same);
};

const spelt = (name: string, catalog: Catalog): string | undefined => {
  const rows = Object.entries(catalog.models);
  const same = (test: (name: string) => boolean): string | undefined =>
    rows.find(([id, row]) => [id, row.name, row.hf_repo ?? ""].some((each) => each !== "" && test(each)))?.[0];
  const own = known(name);
  const asked = plain(own);
  if (asked === "") return undefined;
  return (
    same((each) => each.toLowerCase() === name.trim().toLowerCase()) ??
    same((each) => lastNamePart(each).toLowerCase() === own) ??
    same((each) => plain(lastNamePart(each).toLowerCase()) === asked)
  );
};

/** Ways to write the points of a name: as it is; ModelScope's folders, "Qwen2-0___5B"; its types of models, "qwen2-0_5b". */
const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.replaceAll("___", "."),
  (name) => name.replaceAll(/(?<=\d)_(?=\d)/g, "."),
];

/**
 * The catalog's model of a Hugging Face name or of the path of a copy: the same repository, a mirror of it, or an instruct version of the same sizes.
 */
export const catalogModel = (name: string, catalog: Catalog): string | undefined => {
  if (name.length > LONGEST_NAME) return undefined;
  const names = [...new Set(SPELLINGS.map((spell) => spell(name)))];
  return names.map((each) => spelt(each, catalog)).find((id) => id !== undefined);
};

/** A name as a sentence quotes it: of a long path its own name counts. */
const shown = (value: PlainValue): string => {
  const [whole, short] = [wordOf(value), quoted(value)];
  return whole === short || !whole.includes("/") ? short : `…/${quoted(lastNamePart(whole))}`;
};

/** `script_args.model_id`, as a script has it: no name of a model, which would have a slash or digits after a point. */
const isExpression = (value: PlainValue): boolean =>
  typeof value === "string" && value.length <= LONGEST_NAME && /^[a-z_]\w*(?:\.[a-z_]\w*)+$/i.test(value);

/** What a field that names a model says of it. */
export const readModel = (field: SourceField | undefined, catalog: Catalog): readonly Finding[] => {
  if (field === undefined) return [];
  const id = typeof field.value === "string" ? catalogModel(field.value, catalog) : undefined;
  if (id !== undefined) return [{ kind: "read", field, key: "model", text: id }];
  const [text, sentence] = isExpression(field.value)
    ? ["", `Only a run knows which model ${shown(field.value)} is. Add its config.json, or name the model.`]
    : [
        isNone(field.value) ? "" : wordOf(field.value),
        `The catalog has no model ${shown(field.value)}. Add its config.json, or name another.`,
      ];
  return [{ kind: "unknown", field, key: "model", text: unknownText(text), sentence, unless: "arch" }];
};

type Packed = Readonly<{ of: RegExp; quant: string; dq?: "0" | "1"; sentence?: string }>;

/** Checkpoints whose weights are packed, by the ends of their names; their own config.json would say it. */
const PACKED: readonly Packed[] = [
  { of: /unsloth-bnb-4bit$/i, quant: "unsloth-dynamic", dq: "1" },
  { of: /bnb-4bit$/i, quant: "nf4", dq: "1" },
  { of: /bnb-nf4(-bf16)?$/i, quant: "nf4", dq: "1" },
  { of: /bnb-8bit$/i, quant: "int8" },
  { of: /[-_]gptq([-_]int4)?([-_]\d+g)?$/i, quant: "gptq" },
  {
    of: /[-_]awq([-_]int4)?$/i,
    quant: "gptq",
    sentence: "A checkpoint of AWQ, counted as one of GPTQ, which has 4 bits, too.",
  },
];

/** Checkpoints whose weights are packed in a way that is not known here. */
const UNKNOWN: readonly Readonly<{ of: RegExp; asked: string }>[] = [
  { of: /[-_]nvfp4$/i, asked: "nvfp4" },
  { of: /[-_]gptq[-_]int8$/i, asked: "gptq, 8 bits" },
  { of: /[-_]fp8([-_]dynamic)?$/i, asked: "fp8" },
];

const readPacked = (field: SourceField, packed: Packed | undefined): readonly Finding[] => {
  if (packed === undefined) return [];
  const { quant, dq, sentence } = packed;
  return [
    { kind: "read", field, key: "method", text: "qlora" },
    { kind: "read", field, key: "quant", text: quant },
    ...(dq === undefined ? [] : [{ kind: "read", field, key: "dq", text: dq } as const]),
    ...(sentence === undefined ? [] : [{ kind: "not-modelled", field, sentence } as const]),
  ];
};

/** The format of a checkpoint's weights as its name says it, whatever the tool's own fields of packing say. Empty: as usual. */
export const readPackedCheckpoint = (field: SourceField | undefined): readonly Finding[] => {
  const name = field?.value;
  if (field === undefined || typeof name !== "string" || name.length > LONGEST_NAME) return [];
  const own = lastNamePart(name);
  const asked = UNKNOWN.find(({ of }) => of.test(own))?.asked;
  if (asked !== undefined)
    return [unknownFinding(field, ["quant", asked], `A checkpoint in ${asked} is not known here.`)];
  return readPacked(
    field,
    PACKED.find(({ of }) => of.test(own)),
  );
};
