import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

// How checkpoints run is written as JSON (gradient_checkpointing_kwargs), and not read.
describe.each([
  ["that packs rows", { attn: "flash" }],
  ["that packs none", { packing: false }],
] as const)("a run of ms-swift %s", (_, patch) => {
  comesBack("ms-swift", { all: { reentrant: null, ...patch } });
});
