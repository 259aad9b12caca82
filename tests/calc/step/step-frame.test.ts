import { expect, test } from "vitest";
import type { Division } from "#calc/model/scenario.ts";
import { stepFrame } from "#calc/step/step-timeline.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { scenario } from "../scenario.ts";
import { explained } from "./explained.ts";

const SMALL = scenario({ architecture: { ...LLAMA_2_7B, num_hidden_layers: 4 } });

test("The points of a step are those of its last micro batch", () => {
  expect(stepFrame(explained({ ...SMALL, gradient_accumulation_steps: 8 }))).toEqual({ layers: 4, microBatch: "last" });
});

test("Where all micro batches of a stage wait for their backward, the points are those of the first, of the stage's layers", () => {
  const division: Division = {
    tp_size: 1,
    sequence_parallel: false,
    cp_size: 1,
    pp_size: 2,
    stage: 0,
    state: "filled",
  };
  const filled = { ...SMALL, gpus: 2, division, gradient_accumulation_steps: 2 };
  expect(stepFrame(explained(filled))).toEqual({ layers: 2, microBatch: "first" });
});
