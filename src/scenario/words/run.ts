import type { RUN } from "#scenario/keys/run.ts";
import type { WordsOf } from "./key-words.ts";

export const RUN_WORDS = {
  eval: { label: "Evaluation batch", difference: "evaluation batch" },
  evalseq: { label: "Evaluation length", difference: "evaluation length", open: "as the sequence" },
  evalgen: { label: "Tokens generated", difference: "tokens generated" },
  evalkeep: {
    label: "Kept of an evaluation",
    difference: "kept of an evaluation",
    values: { loss: "Loss", logits: "Logits", argmax: "Argmax" },
  },
  evalbatches: { label: "Evaluation batches", difference: "evaluation batches" },
  evalmove: { label: "Evaluation steps on the GPU", difference: "evaluation steps on the GPU" },
  evallist: { label: "Evaluation kept in a list", difference: "evaluation kept in a list" },
  saving: {
    label: "Saving",
    difference: "saving",
    values: { none: "None", adapter: "Adapters", full: "Whole model", sharded: "Sharded" },
  },
  merge: { label: "Merge of adapters", difference: "merge", values: { "0": "Off", "1": "On", safe: "Safe" } },
  resume: { label: "Resumed run", difference: "resumed run" },
  loading: {
    label: "Loading",
    difference: "loading",
    values: { none: "Not counted", device: "On the GPU", host: "On the host" },
  },
} satisfies WordsOf<typeof RUN>;
