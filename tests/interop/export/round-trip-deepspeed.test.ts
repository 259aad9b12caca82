import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("deepspeed", () => {
  // Its script has a loop of its own, which no reader knows.
  comesBack("deepspeed", { file: "ds_config.json" });
});
