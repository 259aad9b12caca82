import { array, literal, nullable, number, object, optional, picklist, string, tuple } from "valibot";
import type { InferOutput } from "valibot";
import { TENSORS } from "#interop/oom/candidates/candidate.ts";

const figure = optional(nullable(string()), null);

/** A row of the set: docs/oom-messages.md says what each field is. */
export const OOM_ROW = object({
  thread: string(),
  query: number(),
  wording: picklist(["2.0", "2.1", "2.2"]),
  figures: object({
    tried: string(),
    gpu: nullable(number()),
    total: nullable(string()),
    free: nullable(string()),
    allocated: nullable(string()),
    reserved: figure,
    unallocated: figure,
    process: figure,
    processes: optional(array(string()), []),
  }),
  functions: array(string()),
  link: string(),
  stated: object({ model: literal("thread"), batch: string(), length: string() }),
  expected: object({
    tensors: array(picklist(TENSORS)),
    rows: nullable(tuple([number(), number()])),
    why: string(),
  }),
  found: nullable(string()),
});
export type OomRow = InferOutput<typeof OOM_ROW>;
