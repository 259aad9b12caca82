import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("unsloth", () => {
  // It divides no model, and its kernels are its own.
  comesBack("unsloth", { placements: [], all: { attn: null, loss: null, liger: null, reentrant: null } });
});
