import type { ToolReader } from "#interop/import/tool-reader.ts";
import { readDeepspeed } from "./sharding/deepspeed-fields.ts";
import { HARMLESS_OF_DEEPSPEED } from "./sharding/harmless-of-deepspeed.ts";

const OWN = ["train_batch_size", "train_micro_batch_size_per_gpu", "zero_allow_untested_optimizer", "steps_per_print"];

/** DeepSpeed's JSON: how GPUs share a run. @see deepspeed@0.19.6:runtime/config.py */
export const DEEPSPEED_READER: ToolReader = {
  id: "deepspeed",
  name: "DeepSpeed 0.19.6",
  stack: null,
  says: "part",
  recognises: ({ format, fields }) =>
    format !== "command" &&
    format !== "python" &&
    ([...fields.keys()].some((path) => path.startsWith("zero_optimization")) || OWN.some((name) => fields.has(name))),
  read: readDeepspeed,
  harmless: HARMLESS_OF_DEEPSPEED,
};
