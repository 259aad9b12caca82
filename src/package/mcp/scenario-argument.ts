// Scenario argument of the MCP tools: JSON Schema with every key, and how it is read.

import { TARGET_PRESETS } from "#calc/model/layout.ts";
import { METHODS, OPTIMIZERS, SHARDINGS, TUNERS } from "#calc/model/scenario.ts";
import { EVALUATION_KEEPS, SAVINGS } from "#calc/model/whole-run.ts";
import { OBTAINABLE_GPUS } from "#catalog/obtainable-gpus.ts";
import { STACKS } from "#catalog/stacks.ts";
import { type LinkKey, DEFAULT_CHOICES, RANGES } from "#scenario/keys/choices.ts";
import { MERGES } from "#scenario/keys/values.ts";
import { fieldOfLinkKey } from "#scenario/keys/link-fields.ts";
import { linkTexts, LINK_KEYS } from "#scenario/choices/encode-link.ts";
import type { Given, KeyValue } from "#package/given-scenario.ts";

const oneOf = (values: readonly string[]): string => `one of ${values.join(", ")}`;
const from = ({ min, max }: Readonly<{ min: number; max: number }>): string => `${min} to ${max}`;
const BYTES = "fp32, bf16, fp16, int8, or a number of bytes";

/** Keys that only a page has. */
const OF_THE_PAGE = ["v", "embed", "theme", "only", "hide", "lock"] as const satisfies readonly LinkKey[];

/** Keys that an assistant is seldom asked about: they are named, and have no property. */
const NAMED_ALONE = [
  "arch",
  "autocast",
  "dq",
  "kbit",
  "dropout",
  "dora",
  "save",
  "selective",
  "actoffload",
  "tp",
  "sp",
  "cp",
  "pp",
  "ulysses",
  "experts",
  "expertread",
  "alloc",
  "liger",
  "lorakernels",
  "reentrant",
  "ep",
  "lengths",
  "evalseq",
  "evalbatches",
  "evalmove",
  "evallist",
  "evalgen",
  "resume",
  "loading",
  "objective",
  "ref",
  "prompt",
  "completion",
  "fill",
  "beta",
  "kl",
  "engine",
  "gensteps",
  "generations",
  "vllm",
  "sleep",
  "teacher",
  "teacherdtype",
] as const satisfies readonly LinkKey[];

type SaidKey = Exclude<LinkKey, (typeof OF_THE_PAGE)[number] | (typeof NAMED_ALONE)[number]>;

/** The units, ranges and names that an assistant needs for each of the other keys. */
const SAID: Readonly<Record<SaidKey, string>> = {
  model:
    "id of a model of the catalog, in lower case and without its owner: llama-3.1-8b, qwen2.5-7b, mistral-7b-v0.3; or custom, with params",
  params: "of model=custom: how many parameters, 7B or 7e9, from 0.1B to 700B",
  gpu: `id of a card of the catalog: ${Object.keys(OBTAINABLE_GPUS).join(", ")} and others; or custom, with vram`,
  vram: "of gpu=custom: GB as on the box (24), or 24GiB",
  gpus: `how many cards, ${from(RANGES.gpus)}; more than one share the model with FSDP 2 unless shard says otherwise`,
  used: "GiB of each card that others use already",
  method: `the method in focus, ${oneOf(METHODS)}`,
  show: "the methods that are answered for, a list with commas",
  stack: `the library that trains, ${oneOf(Object.keys(STACKS))}`,
  seq: `tokens of a row, ${from(RANGES.seq)}`,
  batch: `rows of one forward on each GPU, ${from(RANGES.batch)}`,
  accum: `forwards of one optimizer step, ${from(RANGES.accum)}; it changes next to no memory`,
  packing: "1: rows are packed full; 0: padded to seq",
  ckpt: "gradient checkpointing, 0 or 1",
  r: `rank of the adapters, ${from(RANGES.r)}`,
  alpha: "scale of the adapters; it changes no memory",
  targets: `${oneOf(TARGET_PRESETS)}, or names of modules with commas (q_proj,v_proj)`,
  tuner: `what PEFT trains, ${oneOf(TUNERS)}`,
  quant: "how the base of QLoRA is stored: nf4, fp4, int8, gptq or unsloth-dynamic",
  weights: `the base's weights, ${BYTES} a parameter`,
  adapters: `the adapters, ${BYTES} a parameter`,
  grads: `gradients, ${BYTES} a trained parameter`,
  states: `optimizer states: a type for each, or a number of bytes a trained parameter for all of them`,
  optim: oneOf(OPTIMIZERS),
  attn: "the kernel of attention: flash, sdpa, math or eager",
  loss: "how the loss is computed: full, parallel, inplace, chunked or fused",
  compute: "the type of matrix products: bf16, fp16 or fp32",
  shard: `how several cards share the model, ${oneOf(SHARDINGS)}`,
  offload: "what is kept in host memory: none, optimizer or all",
  eval: `rows of an evaluation's batch on each GPU, ${from(RANGES.eval)}; 0: no evaluation is counted, and with one, methods have a run beside the step`,
  evalkeep: `what an evaluation keeps of each batch, ${oneOf(EVALUATION_KEEPS)}`,
  saving: `what is saved, ${oneOf(SAVINGS)}`,
  merge: `whether adapters are merged at the end, ${oneOf(MERGES)}`,
};

const DEFAULTS: Readonly<Partial<Record<string, string>>> = linkTexts(DEFAULT_CHOICES);

/** What holds where the key is missing. */
const withoutIt = (key: string): string | null => {
  const text = DEFAULTS[key];
  return text === undefined || text === "" ? (fieldOfLinkKey(key)?.otherwise ?? null) : text;
};

const describe = (key: string, said: string): string => {
  const otherwise = withoutIt(key);
  return `${said}.${otherwise === null ? "" : ` Default: ${otherwise}.`}`;
};

/** Values of keys as JSON has them. */
const VALUE = { type: ["string", "number", "boolean"] } as const;

/** The keys of a link as the properties of a JSON Schema, each with its values, its unit and its default. */
const KEY_PROPERTIES: Readonly<Record<string, object>> = Object.fromEntries(
  Object.entries(SAID).map(([key, said]) => [key, { ...VALUE, description: describe(key, said) }]),
);

/** How a scenario is given to a tool: `link`, or `keys`. */
export const SCENARIO_PROPERTIES: ObjectSchema["properties"] = {
  link: {
    type: "string",
    description: "A link of the calculator, such as ?v=1&model=llama-3.1-8b&method=qlora&gpu=rtx-4090&seq=4096",
  },
  keys: {
    type: "object",
    description: `The scenario in the place of a link: its keys with their values. A missing key takes its default. Further keys, of which each has its default: ${NAMED_ALONE.join(", ")}.`,
    properties: KEY_PROPERTIES,
    additionalProperties: { type: ["string", "number", "boolean"] },
  },
};

type Arguments = Readonly<Record<string, unknown>>;

const isKeyValue = (value: unknown): value is KeyValue =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

const isKeys = (keys: unknown): keys is Readonly<Record<string, KeyValue>> =>
  typeof keys === "object" && keys !== null && !Array.isArray(keys) && Object.values(keys).every(isKeyValue);

/** Where an argument that there is not belongs. */
const unknown = (name: string): string =>
  (LINK_KEYS as readonly string[]).includes(name)
    ? `There is no argument ${name}: it is a key of the scenario, and stands in keys, {"keys": {"${name}": ...}}.`
    : `There is no argument ${JSON.stringify(name)}: a scenario is given as link or as keys.`;

/**
 * The scenario in the arguments of a tool; nothing given is the default scenario. What would be left unread is refused: an answer to another question than the one that was
 * asked looks like any other.
 *
 * @throws TypeError where the arguments are not what the schema says
 */
export const scenarioOf = ({ link, keys, ...others }: Arguments): Given => {
  const [other] = Object.keys(others);
  if (other !== undefined) throw new TypeError(unknown(other));
  if (link !== undefined && keys !== undefined)
    throw new TypeError("Both link and keys are given, and one of them is read: add the keys to the link.");
  if (link !== undefined && typeof link !== "string") throw new TypeError("link is not a text.");
  if (keys !== undefined && !isKeys(keys)) throw new TypeError("keys is not an object of texts, numbers and switches.");
  return link ?? keys ?? {};
};

/** True if neither `link` nor `keys` says anything, so that the answer is about the default scenario. */
export const isScenarioMissing = ({ link, keys }: Arguments): boolean =>
  link === undefined && (!isKeys(keys) || Object.keys(keys).length === 0);

/** A JSON Schema of an object, as MCP describes what goes into a tool and comes out of it. */
export type ObjectSchema = Readonly<{
  type: "object";
  properties: Readonly<Record<string, object>>;
  required?: string[];
  additionalProperties?: boolean;
}>;

/** What a tool answers: a few sentences for a reader, and all of it as data. */
type ToolAnswer = Readonly<{ text: string; data: Readonly<Record<string, unknown>> }>;

/** A question that an assistant may ask. */
export type Tool = Readonly<{
  description: string;
  inputSchema: ObjectSchema;
  /** @throws TypeError with a sentence for whoever asked, where the arguments are not such */
  answer: (given: Readonly<Record<string, unknown>>) => ToolAnswer;
}>;
