import { TARGET_PRESETS } from "#calc/model/layout.ts";
import { METHODS, OPTIMIZERS, SHARDINGS, TUNERS } from "#calc/model/scenario.ts";
import { EVALUATION_KEEPS, SAVINGS } from "#calc/model/whole-run.ts";
import { OBTAINABLE } from "#catalog/obtainable-gpus.ts";
import { STACKS } from "#catalog/stacks.ts";
import type { LinkKey } from "#scenario/keys/choices.ts";
import { MERGES } from "#scenario/keys/values.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { fieldWith } from "#scenario/keys/fields.ts";
import { RANGES } from "#scenario/keys/ranges.ts";
import { linkTexts } from "#scenario/choices/url.ts";

const oneOf = (values: readonly string[]): string => `one of ${values.join(", ")}`;
const from = ({ min, max }: Readonly<{ min: number; max: number }>): string => `${min} to ${max}`;
const BYTES = "fp32, bf16, fp16, int8, or a number of bytes";

/** Keys that only a page has. */
const OF_THE_PAGE = ["v", "embed", "theme", "only", "hide", "lock"] as const satisfies readonly LinkKey[];

/** Keys that an assistant is seldom asked about: they are named, and have no property. */
export const NAMED_ALONE = [
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
  gpu: `id of a card of the catalog: ${Object.keys(OBTAINABLE).join(", ")} and others; or custom, with vram`,
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
  return text === undefined || text === "" ? (fieldWith(key)?.otherwise ?? null) : text;
};

const describe = (key: string, said: string): string => {
  const otherwise = withoutIt(key);
  return `${said}.${otherwise === null ? "" : ` Default: ${otherwise}.`}`;
};

/** Values of keys as JSON has them. */
const VALUE = { type: ["string", "number", "boolean"] } as const;

/** The keys of a link as the properties of a JSON Schema, each with its values, its unit and its default. */
export const KEY_PROPERTIES: Readonly<Record<string, object>> = Object.fromEntries(
  Object.entries(SAID).map(([key, said]) => [key, { ...VALUE, description: describe(key, said) }]),
);
