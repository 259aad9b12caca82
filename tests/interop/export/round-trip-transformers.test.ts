import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("transformers", () => {
  // The length stands in a call inside a function, and which of Liger's kernels are on in a dictionary: neither is read.
  comesBack("transformers", {
    without: ["packing", "seq"],
    all: { packing: false, liger: null, loss: null, actoffload: null },
  });
});
