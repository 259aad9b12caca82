import type { MethodId } from "#calc/model/scenario.ts";
import { readJsonLines } from "./read-json-lines.ts";

/** Which of the four numbers (allocated, reserved, on the card, capacity) a measurement is of; a question mark: its source does not quite say. */
export type MetricClass = "allocated" | "reserved" | "nvidia-smi" | "active" | "active?" | "dashboard" | "unknown";

/** A published measurement of one training run, with its conditions as its source gives them: one line of a file of measured runs. */
export type MeasuredRun = Readonly<{
  id: string;
  source: string;
  model: string;
  hf_id: string | null;
  method: MethodId;
  params_total_b: number;
  lora_rank: number | null;
  lora_alpha: number | null;
  lora_dropout: number | null;
  target_modules: readonly string[] | "all-linear" | null;
  weight_dtype: string;
  precision: string;
  quantization: string | null;
  optimizer: string;
  micro_batch_size: number;
  grad_accum: number | null;
  seq_len: number | null;
  /** `cap`: no sequence was longer, so the measurement is at most what `seq_len` takes. */
  seq_len_kind: "exact" | "cap" | "unknown";
  packed: boolean;
  grad_checkpointing: boolean | string;
  attention_impl: string | null;
  compile: boolean | null;
  chunked_or_fused_ce: boolean | string;
  activation_offload: boolean | null;
  num_gpus: number;
  parallelism: string;
  gpu: string;
  metric: string;
  metric_class: MetricClass;
  measured_peak_gib: number | null;
  /** Where the unit of the source is not clear: the figure read as 10^9 bytes, and as 2^30. */
  measured_gib_range: readonly [number, number] | null;
  static_gib: number | null;
  nvidia_smi_gib: number | null;
  framework: string;
  notes: string | null;
}>;

/** The runs of a file in JSON lines. */
export const readMeasuredRuns = (path: string): readonly MeasuredRun[] => readJsonLines<MeasuredRun>(path);
