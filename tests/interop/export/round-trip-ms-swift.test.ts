import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("ms-swift", () => {
  // How checkpoints run is written as JSON (gradient_checkpointing_kwargs), and not read.
  comesBack("ms-swift", { all: { reentrant: null } });
});
