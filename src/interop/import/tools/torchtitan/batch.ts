import type { Finding } from "#interop/import/finding.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { numberOf } from "#interop/import/take.ts";
import { degreeOf } from "./degrees.ts";

const LOCAL = ["training.local_batch_size", "training.batch_size"];
const GLOBAL = ["training.global_batch_size"];
const MICRO = ["parallelism.pipeline_parallel_microbatch_size"];

/** @see torchtitan@73a0e697:torchtitan/config/job_config.py:253 */
const DEFAULT_ROWS = 8;

const said = (field: SourceField | undefined): number | undefined => numberOf(field?.value ?? undefined);

/** Rows of one rank in a step, as they are given. */
const readRows = (source: Source, rows: number, divide: number): Finding => {
  const field = fieldOf(source, LOCAL);
  if (field !== undefined && said(field) !== undefined)
    return { kind: "read", field, key: "batch", text: String(rows / divide) };
  return {
    kind: "assumed",
    key: "batch",
    text: String(rows / divide),
    sentence: "torchtitan's default (0.2.2, job_config.py:253).",
  };
};

/** Micro batches of a step: those of a pipeline, and those that a global batch asks for. @see torchtitan@73a0e697:torchtitan/train.py, gradient_accumulation_steps */
const readSteps = (source: Source, rows: number, ofPipeline: number): readonly Finding[] => {
  const field = fieldOf(source, GLOBAL);
  const all = said(field);
  const pipeline: Finding = {
    kind: "assumed",
    key: "accum",
    text: String(ofPipeline),
    sentence: "Micro batches of the pipeline: local_batch_size over pipeline_parallel_microbatch_size.",
  };
  if (field === undefined || all === undefined || all < 1) return ofPipeline > 1 ? [pipeline] : [];
  const ranks = degreeOf(source, "shard") * degreeOf(source, "replicate");
  const steps = (all / (rows * ranks)) * ofPipeline;
  if (ranks > 0 && Number.isInteger(steps)) return [{ kind: "read", field, key: "accum", text: String(steps) }];
  const sentence =
    "How many micro batches it is depends on the number of GPUs, which the file does not say: one is counted.";
  return [{ kind: "not-modelled", field, sentence }];
};

/** The micro batch, and how many of them a step has. */
export const readBatch = (source: Source): readonly Finding[] => {
  const rows = said(fieldOf(source, LOCAL)) ?? DEFAULT_ROWS;
  const micro = fieldOf(source, MICRO);
  const isPipeline = degreeOf(source, "pp") > 1;
  const divide = isPipeline ? rows / (said(micro) ?? 1) : 1;
  const isWhole = Number.isInteger(divide) && divide >= 1;
  const parts = isWhole ? divide : 1;
  const alone: readonly Finding[] =
    micro === undefined ? [] : [{ kind: "ignored", field: micro, sentence: "It counts in a pipeline." }];
  return [readRows(source, rows, parts), ...readSteps(source, rows, parts), ...alone];
};
