import type { MethodId } from "#calc/model/scenario.ts";
import type { MeasuredRun } from "./measured-run.ts";
import { readJsonLines } from "./read-json-lines.ts";

/**
 * A published fact of one line in a file of fit facts: a run that went on its card, one that ran out of memory, or the longest context that a card was
 * said to hold. Conditions as in a measured run, but sources that say so little leave many of them out.
 */
export type FitFact = Readonly<
  Partial<Omit<MeasuredRun, "target_modules">> & {
    id: string;
    source: string;
    model: string;
    method: MethodId;
    framework: string;
    fits: boolean | "max context";
    /** What torch reports of the card; a whole number is the label on its box. */
    gpu_mem_gib: number | null;
    evidence: string;
    target_modules?: readonly string[] | string | null;
  }
>;

/** The facts of a file in JSON lines. */
export const readFitFacts = (path: string): readonly FitFact[] => readJsonLines<FitFact>(path);

/** What a source that names no modules leaves: every linear. */
const modulesOf = ({ target_modules }: FitFact): MeasuredRun["target_modules"] =>
  typeof target_modules === "string" ? "all-linear" : (target_modules ?? null);

const parallelismOf = ({ parallelism, precision, num_gpus }: FitFact): string => {
  if (parallelism !== undefined) return parallelism;
  if ((num_gpus ?? 1) === 1) return "none";
  return /FSDP/.test(precision ?? "") ? "FSDP" : "not said";
};

const UNSAID = {
  hf_id: null,
  params_total_b: 0,
  lora_rank: null,
  lora_alpha: null,
  lora_dropout: null,
  weight_dtype: "",
  precision: "",
  quantization: null,
  optimizer: "",
  micro_batch_size: 1,
  grad_accum: null,
  packed: true,
  grad_checkpointing: true,
  attention_impl: null,
  compile: null,
  chunked_or_fused_ce: false,
  activation_offload: null,
  num_gpus: 1,
  gpu: "",
  metric: "",
  notes: null,
} as const;

/** A fact as a run, so that the rules of measured runs map it too; it has no figure of its own. */
export const factRun = (fact: FitFact): MeasuredRun => ({
  ...UNSAID,
  ...fact,
  gpu: fact.gpu ?? "",
  target_modules: modulesOf(fact),
  parallelism: parallelismOf(fact),
  seq_len: fact.seq_len ?? null,
  seq_len_kind: "exact",
  // What a card holds, not what PyTorch allocates, decides.
  metric_class: "nvidia-smi",
  measured_peak_gib: null,
  measured_gib_range: null,
  static_gib: null,
  nvidia_smi_gib: null,
});
