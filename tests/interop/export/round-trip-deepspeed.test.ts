import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("deepspeed", () => {
  // How many GPUs there are stands in the command. Its script has a loop of its own, which no reader knows.
  comesBack("deepspeed", {
    file: "ds_config.json",
    all: { packing: false, loss: null, liger: null, actoffload: null, reentrant: null, optim: null, gpus: 2 },
  });
});
