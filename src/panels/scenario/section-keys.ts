import type { Choices } from "#scenario/choices/choices.ts";
import type { SectionId } from "./section-id.ts";

/** The keys that are set under each row that opens. */
export const SECTION_KEYS: Readonly<Record<SectionId, readonly (keyof Choices)[]>> = {
  objective: ["objective", "ref", "prompt", "completion", "fill", "beta", "kl", "engine", "vllm", "sleep"],
  methods: ["method", "show"],
  stack: ["stack", "compute", "autocast", "quant", "dq", "experts", "expertread", "kbit"],
  training: [
    "loss",
    "attn",
    "optim",
    "accum",
    "ckpt",
    "selective",
    "actoffload",
    "packing",
    "lengths",
    "alloc",
    "liger",
    "lorakernels",
    "reentrant",
  ],
  run: [
    "eval",
    "evalseq",
    "evalgen",
    "evalkeep",
    "evalbatches",
    "evalmove",
    "evallist",
    "saving",
    "merge",
    "resume",
    "loading",
  ],
  lora: ["alpha", "dropout", "dora", "tuner", "save"],
  gpus: ["shard", "offload", "tp", "sp", "cp", "pp", "ulysses", "ep"],
  used: ["used"],
};
