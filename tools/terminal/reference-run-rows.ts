import {
  array,
  type GenericSchema,
  looseObject,
  minLength,
  optional,
  pipe,
  strictTuple,
  union,
  literal,
} from "valibot";
import { METHODS } from "#calc/model/scenario.ts";
import { bySchema } from "./read-json-lines.ts";
import type { ReferenceMoment, ReferenceSettings } from "./reference-row.ts";
import { count, oneOf, text, whole, yesOrNo } from "./row-fields.ts";

type Dtype = ReferenceSettings["weight_dtype"];

/** What every row of a moment outside the step has. */
type Common = Readonly<{ id: string; model: string; num_hidden_layers: number; weight_dtype: Dtype }>;

/** What PyTorch held; `static_bytes`: before the moment. */
type Expected<Own = unknown> = Readonly<{
  params: number;
  peak_bytes: number;
  moments: readonly ReferenceMoment[];
}> &
  Own;

/** How adapters stand beside the model; absent under full fine-tuning. */
type Adapted = Readonly<
  Pick<ReferenceSettings, "method" | "r" | "target_modules" | "adapter_dtype" | "modules_to_save"> & {
    expert_adapters?: boolean;
  }
>;

/** `from_pretrained`, then k-bit preparation and PEFT. */
export type LoadRow = Common &
  Adapted &
  Readonly<{
    run: "load";
    checkpoint_dtype: Dtype;
    quantization?: Readonly<{ bits: 4 | 8; quant_type?: "nf4" | "fp4"; double_quant?: boolean }>;
    kbit_preparation: "fp32" | "none";
    /** The row ran in a process that began with it. Absent: the rows of a file ran one after the other in one process. */
    own_process?: boolean;
    expected: Expected<Readonly<{ warmup_bytes: number }>>;
  }>;

/** `merge_and_unload`. */
export type MergeRow = Common &
  Adapted &
  Readonly<{
    run: "merge";
    bnb_4bit_use_double_quant?: boolean;
    bits?: 8;
    safe_merge: boolean;
    expected: Expected<Readonly<{ static_bytes: number }>>;
  }>;

/** What `save_pretrained` makes of the state dict. */
export type SaveRow = Common & Readonly<{ run: "save"; expected: Expected<Readonly<{ static_bytes: number }>> }>;

/** An optimizer's `load_state_dict`. */
export type ResumeRow = Common &
  Adapted &
  Readonly<{
    run: "resume";
    optim: string;
    expected: Expected<Readonly<{ static_bytes: number }>>;
  }>;

/** `Trainer.evaluate` after two steps. */
export type EvaluateRow = Common &
  ReferenceSettings &
  Readonly<{
    run: "evaluate";
    trainer: "transformers" | "trl";
    eval_batch_size: number;
    eval_sequence_length: number;
    eval_batches: number;
    prediction_loss_only: boolean;
    compute_metrics: boolean;
    preprocess_logits_for_metrics?: "argmax";
    /** Absent: what is kept goes to the host at the end. */
    eval_accumulation_steps?: number;
    eval_do_concat_batches: boolean;
    batch_eval_metrics: boolean;
    expected: Expected<Readonly<{ static_bytes: number; optimizer_bytes: number; before_bytes: number }>>;
  }>;

/** `generate` of TRL's trainer for GRPO before its second step. */
export type GenerateRow = Common &
  ReferenceSettings &
  Readonly<{
    run: "generate";
    /** Tokens of the prompt and of the completion of each row; each is generated to the length of the longest. */
    completions: readonly (readonly [prompt: number, completion: number])[];
    expected: Expected<Readonly<{ static_bytes: number }>>;
  }>;

/** Rows of moments outside the step, by `run`. */
type RunRows = Readonly<{
  load: LoadRow;
  merge: MergeRow;
  save: SaveRow;
  resume: ResumeRow;
  evaluate: EvaluateRow;
  generate: GenerateRow;
}>;
export type RunKind = keyof RunRows;
export type RunRow = RunRows[RunKind];

const DTYPES = ["bfloat16", "float16", "float32"];
const NAMES = "a list of names";
const dtype = oneOf(DTYPES);
const names = array(text, NAMES);

const COMMON = { id: text, model: text, num_hidden_layers: count, weight_dtype: dtype };

/** Of runs beside which a model is trained: its step. */
const TRAINED = {
  micro_batch_size: count,
  sequence_length: count,
  gradient_checkpointing: yesOrNo,
  autocast_bf16: yesOrNo,
  attn_implementation: oneOf(["sdpa", "math", "eager"]),
  optim: text,
  bnb_4bit_use_double_quant: optional(yesOrNo),
  kbit_preparation: optional(oneOf(["fp32", "none"])),
} as const;

const ADAPTED = {
  method: oneOf(METHODS),
  r: optional(count),
  target_modules: optional(union([literal("all-linear"), names], "a list of modules or all-linear")),
  adapter_dtype: optional(dtype),
  modules_to_save: optional(names),
  expert_adapters: optional(yesOrNo),
};

const MOMENTS = "a list of moments";
const moments = pipe(
  array(looseObject({ moment: text, live_bytes: whole, peak_bytes: whole }), MOMENTS),
  minLength(1, MOMENTS),
);

const expected = (own: Readonly<Record<string, GenericSchema>>): GenericSchema =>
  looseObject({ params: count, peak_bytes: count, moments, ...own }, "what was held");

const COMPLETION = "tokens of a prompt and of its completion";
const ROWS_OF_BATCH = "a list of rows";

const BITS = union([literal(4), literal(8)], "4 or 8");
const QUANTIZATION = looseObject(
  { bits: BITS, quant_type: optional(oneOf(["nf4", "fp4"])), double_quant: optional(yesOrNo) },
  "how weights are quantised",
);

/** What a row of each kind has to have. One kind more is one entry more, here and in `reference-run-errors.ts`. */
const ROWS: Readonly<Record<RunKind, GenericSchema>> = {
  load: looseObject({
    ...COMMON,
    ...ADAPTED,
    checkpoint_dtype: dtype,
    quantization: optional(QUANTIZATION),
    kbit_preparation: oneOf(["fp32", "none"]),
    own_process: optional(yesOrNo),
    expected: expected({ warmup_bytes: whole }),
  }),
  merge: looseObject({
    ...COMMON,
    ...ADAPTED,
    bnb_4bit_use_double_quant: optional(yesOrNo),
    bits: optional(literal(8, "8")),
    safe_merge: yesOrNo,
    expected: expected({ static_bytes: whole }),
  }),
  save: looseObject({ ...COMMON, expected: expected({ static_bytes: whole }) }),
  evaluate: looseObject({
    ...COMMON,
    ...ADAPTED,
    trainer: oneOf(["transformers", "trl"]),
    triton: optional(yesOrNo),
    ...TRAINED,
    eval_batch_size: count,
    eval_sequence_length: count,
    eval_batches: count,
    prediction_loss_only: yesOrNo,
    compute_metrics: yesOrNo,
    preprocess_logits_for_metrics: optional(oneOf(["argmax"])),
    eval_accumulation_steps: optional(count),
    eval_do_concat_batches: yesOrNo,
    batch_eval_metrics: yesOrNo,
    expected: expected({ static_bytes: whole, optimizer_bytes: whole, before_bytes: whole }),
  }),
  resume: looseObject({ ...COMMON, ...ADAPTED, optim: text, expected: expected({ static_bytes: whole }) }),
  generate: looseObject({
    ...COMMON,
    ...ADAPTED,
    ...TRAINED,
    ref: optional(oneOf(["none", "copy", "adapters-off"])),
    completions: pipe(array(strictTuple([count, count], COMPLETION), ROWS_OF_BATCH), minLength(1, ROWS_OF_BATCH)),
    expected: expected({ static_bytes: whole }),
  }),
};

const KINDS = ["load", "merge", "save", "resume", "evaluate", "generate"] as const satisfies readonly RunKind[];

const KIND = looseObject({ run: oneOf(KINDS) });

/** Whether a row is of a moment outside the step. */
export const isRunRow = (row: object): row is Readonly<{ run: unknown }> => Object.hasOwn(row, "run");

const lacksRank = (row: RunRow): boolean => "method" in row && row.method !== "full" && row.r === undefined;

/** A row of a moment outside the step, or what is wrong with it. */
export const readRunRow = (row: Readonly<{ run: unknown }>): Readonly<{ row: RunRow } | { why: string }> => {
  const kind = bySchema(KIND)(row);
  if ("why" in kind) return kind;
  const read = bySchema(ROWS[kind.row.run])(row);
  if ("why" in read) return read;
  // What the schema lets through is of the type that it is made of.
  const found = row as unknown as RunRow;
  return lacksRank(found) ? { why: "its r is missing" } : { row: found };
};
