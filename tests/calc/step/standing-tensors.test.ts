import { expect, test } from "vitest";
import { runOnPaper } from "#calc/step/paper-run.ts";
import { standingTensors } from "#calc/step/standing-tensors.ts";
import { GPT_2 } from "../architectures.ts";
import { scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";
import { explained } from "./explained.ts";

const STEP = explained(scenario({ architecture: { ...GPT_2, num_hidden_layers: 2 } }));
const WEIGHTS = standingTensors(WORKINGS.optimizers, runOnPaper(WORKINGS, STEP)).filter(
  ({ term }) => term === "weights",
);

test("Both embeddings of GPT-2 stand before the layers, its last norm after them", () => {
  const layersOf = (name: string): unknown => WEIGHTS.find(({ module }) => module === name)?.layers;
  expect(["wte.weight", "wpe.weight", "ln_1.weight", "ln_f.weight"].map(layersOf)).toEqual([[-1], [-1], [0, 1], [2]]);
});
