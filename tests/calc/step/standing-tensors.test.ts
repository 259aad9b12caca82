import { expect, test } from "vitest";
import type { AliveTensors } from "#calc/model/timeline.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { runOnPaper } from "#calc/step/explained-step.ts";
import { standingTensors } from "#calc/step/alive-tensors.ts";
import { GPT_2 } from "../architectures.ts";
import { qloraMethod, scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";
import { explained } from "./explained.ts";

/** The base weights of a small model's step. */
const weightsOf = (patch: Partial<Scenario>): readonly AliveTensors[] => {
  const step = explained(scenario({ architecture: { ...GPT_2, num_hidden_layers: 2 }, ...patch }));
  return standingTensors(WORKINGS.optimizers, runOnPaper(WORKINGS, step)).filter(({ term }) => term === "weights");
};

test("Both embeddings of GPT-2 stand before the layers, its last norm after them", () => {
  const weights = weightsOf({});
  const layersOf = (name: string): unknown => weights.find(({ module }) => module === name)?.layers;
  expect(["wte.weight", "wpe.weight", "ln_1.weight", "ln_f.weight"].map(layersOf)).toEqual([[-1], [-1], [0, 1], [2]]);
});

test("Scales of other ranks' shards are the quantisation's, not a module's; a rank alone has none", () => {
  const scalesOn = (gpus: number): unknown =>
    weightsOf({ method: qloraMethod(), sharding: "zero3", gpus })
      .filter(({ module }) => module === "quantisation")
      .map(({ op, bytes }) => [op, bytes > 0]);
  expect(scalesOn(2)).toEqual([["scales of other ranks' shards", true]]);
  expect(scalesOn(1)).toEqual([["scales of other ranks' shards", false]]);
});
