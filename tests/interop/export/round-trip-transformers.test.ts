import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("transformers", () => {
  // It packs nothing, and keeps checkpoints on the GPU.
  comesBack("transformers", { all: { packing: false, actoffload: null } });
});

const EXPERTS = { model: { kind: "catalog", id: "qwen3-30b-a3b" }, targets: "attention", shard: "fsdp2" } as const;

describe.each([
  [4, 1, 4],
  [8, 1, 2],
  [8, 2, 4],
])("transformers that shares out experts over %i GPUs", (gpus, tp, ep) => {
  comesBack("transformers", { placements: [], all: { ...EXPERTS, gpus, tp, ep, packing: false, actoffload: null } });
});
