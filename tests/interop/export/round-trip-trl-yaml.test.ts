import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("trl-yaml", () => {
  // Which of Liger's kernels are on (liger_kernel_config) is written, and not read.
  comesBack("trl-yaml", { all: { liger: null, loss: null } });
});
