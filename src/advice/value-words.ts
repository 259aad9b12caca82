import { STACKS } from "#catalog/stacks.ts";
import { formatCount } from "#format/count.ts";
import { uncapitalised } from "#format/uncapitalised.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { GenerationEngine, RefChoice } from "#scenario/keys/values.ts";
import { EXPERT_READ_NAMES, EXPERTS_NAMES } from "#scenario/choices/expert-names.ts";
import { OBJECTIVE_NAMES } from "#scenario/choices/objective-names.ts";
import {
  ALLOC_NAMES,
  ATTENTION_NAMES,
  EVALKEEP_NAMES,
  formatName,
  KBIT_NAMES,
  LENGTHS_NAMES,
  LOADING_NAMES,
  LOSS_NAMES,
  MERGE_NAMES,
  OFFLOAD_NAMES,
  OPTIMIZER_NAMES,
  QUANT_NAMES,
  SAVING_NAMES,
  SELECTIVE_NAMES,
  SHARDING_NAMES,
  TARGET_NAMES,
  TUNER_NAMES,
} from "#scenario/choices/value-names.ts";

type Names = Readonly<Record<string, string>>;

const mapped = <From>(names: Readonly<Record<string, From>>, to: (from: From) => string): Names =>
  Object.fromEntries(Object.entries(names).map(([id, from]) => [id, to(from)]));

const REFERENCE_WORDS: Readonly<Record<RefChoice, string>> = {
  none: "none",
  "adapters-off": "adapters off",
  copy: "a copy",
  "copy-4bit": "a copy in 4 bits",
  precomputed: "precomputed",
};

const ENGINE_WORDS: Readonly<Record<GenerationEngine, string>> = {
  transformers: "transformers",
  "vllm-colocate": "vLLM on the same GPUs",
  "vllm-server": "vLLM on other GPUs",
};

/** Values by the names that the controls have for them. */
const NAMES: Readonly<Partial<Record<keyof Choices, Names>>> = {
  stack: mapped(STACKS, ({ name }) => name),
  optim: OPTIMIZER_NAMES,
  quant: QUANT_NAMES,
  tuner: TUNER_NAMES,
  loss: mapped(LOSS_NAMES, uncapitalised),
  attn: mapped(ATTENTION_NAMES, uncapitalised),
  shard: mapped(SHARDING_NAMES, uncapitalised),
  offload: mapped(OFFLOAD_NAMES, uncapitalised),
  kbit: { ...KBIT_NAMES, none: "none" },
  experts: EXPERTS_NAMES,
  expertread: mapped(EXPERT_READ_NAMES, uncapitalised),
  selective: mapped(SELECTIVE_NAMES, uncapitalised),
  targets: mapped(TARGET_NAMES, uncapitalised),
  alloc: mapped(ALLOC_NAMES, uncapitalised),
  lengths: mapped(LENGTHS_NAMES, uncapitalised),
  evalkeep: mapped(EVALKEEP_NAMES, uncapitalised),
  saving: mapped(SAVING_NAMES, uncapitalised),
  merge: mapped(MERGE_NAMES, uncapitalised),
  loading: mapped(LOADING_NAMES, uncapitalised),
  objective: OBJECTIVE_NAMES,
  ref: REFERENCE_WORDS,
  engine: ENGINE_WORDS,
};

/** Fields whose numbers are bytes of a parameter. */
const FORMATS: readonly (keyof Choices)[] = ["weights", "grads", "states", "adapters"];

const numberWords = (field: keyof Choices, value: number): string => {
  if (FORMATS.includes(field)) return formatName(value);
  if (field === "selective") return `one in ${formatCount(value)}`;
  if (field === "alloc") return `split up to ${formatCount(value)} MiB`;
  if (field === "lengths") return `log-normal about ${formatCount(value)}`;
  return Number.isInteger(value) ? formatCount(value) : String(value);
};

/** A value of a setting inside a sentence, as the page calls it: "fused", "FSDP 2", "AdamW, paged", "2,048", "on". */
export const valueWords = (field: keyof Choices, value: unknown): string => {
  if (typeof value === "number") return numberWords(field, value);
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Array.isArray(value)) return value.join(", ") || "none";
  return NAMES[field]?.[String(value)] ?? String(value);
};
