import {
  boolean,
  type InferOutput,
  literal,
  looseObject,
  nullable,
  nullish,
  object,
  pipe,
  transform,
  union,
} from "valibot";
import { type MeasuredRun, RUN_FIELDS } from "./measured-run.ts";
import { bySchema, type ReadRows, readJsonLines } from "../read-json-lines.ts";
import { aboveZero, text } from "../row-fields.ts";

/** Conditions that many sources of facts leave out. */
const UNSAID = {
  hf_id: null,
  params_total_b: null,
  lora_rank: null,
  lora_alpha: null,
  lora_dropout: null,
  target_modules: null,
  weight_dtype: "",
  precision: "",
  quantization: null,
  optimizer: "",
  micro_batch_size: 1,
  grad_accum: null,
  seq_len: null,
  packed: true,
  grad_checkpointing: true,
  attention_impl: null,
  compile: null,
  chunked_or_fused_ce: false,
  activation_offload: null,
  num_gpus: 1,
  parallelism: "",
  metric: "",
  gpu_mem_gib: null,
  notes: null,
};

/** A fact has no figure of its own. What a card holds, not what PyTorch allocates, decides. */
const WITHOUT_FIGURE = {
  seq_len_kind: "exact",
  metric_class: "nvidia-smi",
  measured_peak_gib: null,
  measured_gib_range: null,
  static_gib: null,
  nvidia_smi_gib: null,
} as const;

const FIT_FACT = pipe(
  looseObject({}),
  transform((row) => ({ ...UNSAID, ...row, ...WITHOUT_FIGURE })),
  object({
    ...RUN_FIELDS,
    gpu: nullish(RUN_FIELDS.gpu, ""),
    fits: union([boolean(), literal("max context")], "true, false or max context"),
    /** What torch reports of the card; a whole number is the label on its box; null: as much as a card of that name has. */
    gpu_mem_gib: nullable(aboveZero),
    evidence: text,
  }),
);

/**
 * A published fact of one line in a file of fit facts: a run that went on its card, one that ran out of memory, or the longest context that a card was
 * said to hold. Conditions as in a measured run.
 */
export type FitFact = Readonly<InferOutput<typeof FIT_FACT>>;

/** The facts of a file in JSON lines. */
export const readFitFacts = (path: string): ReadRows<FitFact> => readJsonLines(path, bySchema(FIT_FACT));

const parallelismOf = ({ parallelism, precision, num_gpus }: FitFact): string => {
  if (parallelism !== "") return parallelism;
  if (num_gpus === 1) return "none";
  return /FSDP/.test(precision) ? "FSDP" : "not said";
};

/** A fact as a run, so that the rules of measured runs map it too. */
export const factRun = (fact: FitFact): MeasuredRun => ({ ...fact, parallelism: parallelismOf(fact) });
