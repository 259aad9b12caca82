import {
  array,
  type InferOutput,
  nullable,
  object,
  optional,
  picklist,
  pipe,
  readonly,
  regex,
  tuple,
  union,
} from "valibot";
import { OBJECTIVES } from "#calc/model/objective.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { REF_CHOICES } from "#scenario/keys/values.ts";
import { bySchema, type ReadRows, readJsonLines } from "../read-json-lines.ts";
import { aboveZero, count, figure, share, text, yesOrNo } from "../row-fields.ts";

const yesOrWords = union([yesOrNo, text], "true, false or text");
const METHODS: readonly MethodId[] = ["full", "lora", "qlora"];

const METRICS = ["allocated", "reserved", "nvidia-smi", "active", "active?", "dashboard", "unknown"] as const;

/** Which of the four numbers (allocated, reserved, on the card, capacity) a measurement is of; a question mark: its source does not quite say. */
export type MetricClass = (typeof METRICS)[number];

const MODULES = "a list of modules or all-linear";

/** What a source says of a run, by field; a message is what a field has to be. */
export const RUN_FIELDS = {
  id: text,
  source: text,
  model: text,
  hf_id: nullable(text),
  method: picklist(METHODS, "full, lora or qlora"),
  params_total_b: nullable(aboveZero),
  lora_rank: nullable(count),
  lora_alpha: nullable(figure),
  lora_dropout: nullable(share),
  /** In words: every linear. */
  target_modules: nullable(
    union([pipe(array(text), readonly()), pipe(text, regex(/^all[- ]linear$/i, MODULES))], MODULES),
  ),
  weight_dtype: text,
  precision: text,
  quantization: nullable(text),
  optimizer: text,
  /** As its library counts it: of pairs, how many pairs. */
  micro_batch_size: count,
  grad_accum: nullable(count),
  seq_len: nullable(count),
  /** `cap`: no sequence was longer, so the measurement is at most what `seq_len` takes. */
  seq_len_kind: picklist(["exact", "cap", "unknown"], "exact, cap or unknown"),
  packed: yesOrNo,
  grad_checkpointing: yesOrWords,
  attention_impl: nullable(text),
  compile: nullable(yesOrNo),
  chunked_or_fused_ce: yesOrWords,
  activation_offload: nullable(yesOrNo),
  num_gpus: count,
  parallelism: text,
  gpu: text,
  metric: text,
  metric_class: picklist(METRICS, "a metric"),
  measured_peak_gib: nullable(aboveZero),
  /** Where the unit of the source is not clear: the figure read as 10^9 bytes, and as 2^30. */
  measured_gib_range: nullable(pipe(tuple([aboveZero, aboveZero], "two numbers"), readonly())),
  static_gib: nullable(figure),
  nvidia_smi_gib: nullable(aboveZero),
  framework: text,
  /** What it trained for; missing: supervised fine-tuning. The keys are those of a link, and `seq_len` is prompt and completion together. */
  objective: optional(picklist(OBJECTIVES, "an objective")),
  ref: optional(picklist(REF_CHOICES, "a reference")),
  prompt: optional(count),
  completion: optional(count),
  beta: optional(figure),
  kl: optional(yesOrNo),
  notes: nullable(text),
} as const;

const MEASURED_RUN = object(RUN_FIELDS);

/** A published measurement of one training run, with its conditions as its source gives them: one line of a file of measured runs. */
export type MeasuredRun = Readonly<InferOutput<typeof MEASURED_RUN>>;

/** The runs of a file in JSON lines. */
export const readMeasuredRuns = (path: string): ReadRows<MeasuredRun> => readJsonLines(path, bySchema(MEASURED_RUN));
