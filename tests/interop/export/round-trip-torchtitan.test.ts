import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("torchtitan", () => {
  // It trains whole models over FSDP 2, and packs nothing.
  comesBack("torchtitan", {
    without: ["packing"],
    placements: [{ gpus: 2 }, { gpus: 2, offload: "all" }],
    all: { method: "full", packing: false, attn: null, actoffload: null, loss: null, liger: null },
  });
});
