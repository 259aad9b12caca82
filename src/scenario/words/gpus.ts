import type { GPUS } from "#scenario/keys/gpus.ts";
import type { WordsOf } from "./key-words.ts";

export const GPUS_WORDS = {
  shard: {
    label: "Sharding",
    difference: "sharding",
    values: {
      none: "None",
      ddp: "DDP",
      zero1: "ZeRO 1",
      zero2: "ZeRO 2",
      zero3: "ZeRO 3",
      fsdp1: "FSDP 1",
      fsdp2: "FSDP 2",
    },
  },
  offload: {
    label: "Offload to the host",
    difference: "offload",
    values: { none: "None", optimizer: "Optimizer", all: "All" },
  },
  tp: { label: "Tensor parallel", difference: "tensor parallelism" },
  sp: { label: "Sequence parallel", difference: "sequence parallelism" },
  cp: { label: "Context parallel", difference: "context parallelism" },
  pp: { label: "Pipeline stages", difference: "pipeline parallelism" },
  ulysses: { label: "Ulysses", difference: "Ulysses" },
  ep: { label: "Expert parallel", difference: "expert parallelism" },
} satisfies WordsOf<typeof GPUS>;
