import { expect, test } from "vitest";
import { peakOf } from "#calc/model/timeline.ts";
import { aliveOnTape } from "#calc/step/alive-on-tape.ts";
import { runOnPaper } from "#calc/step/explained-step.ts";
import { stepTimeline } from "#calc/step/step-timeline.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";
import { explained } from "./explained.ts";

const SMALL = { ...LLAMA_2_7B, num_hidden_layers: 2 };
const STEP = explained(scenario({ architecture: SMALL, method: loraMethod({ r: 8 }), gradient_checkpointing: false }));
const POINTS = stepTimeline(STEP);
const RUN = runOnPaper(WORKINGS, STEP);
const ROWS = aliveOnTape(RUN, peakOf(POINTS));

test("At every point of forward and backward the activations that are alive sum to those of the timeline", () => {
  const ofTape = POINTS.filter(({ onTape }) => onTape !== null);
  const sums = ofTape.map((point) =>
    aliveOnTape(RUN, point).reduce((sum, { term, bytes }) => sum + (term === "activations" ? bytes : 0), 0),
  );
  expect(sums).toEqual(ofTape.map(({ terms }) => terms.activations));
});

test("Of tensors that have gone by the peak there is no row", () => {
  expect(ROWS.filter(({ count }) => count <= 0)).toEqual([]);
});

test("A formula says how many tensors there are where there are several", () => {
  const saysHowMany = (name: string): boolean | undefined =>
    ROWS.find(({ module }) => module === name)?.formula.some(
      (each) => typeof each !== "string" && each.name === "tensors",
    );
  expect(["mlp.act_fn", "input_ids"].map(saysHowMany)).toEqual([true, false]);
});

test("A row says when its tensors were made, and what their elements grow with", () => {
  const rowOf = (name: string) => ROWS.find(({ module }) => module === name);
  expect(rowOf("input_ids")).toMatchObject({ made: "load", unit: "b*s × 1" });
  expect(rowOf("mlp.act_fn")).toMatchObject({ made: "forward", unit: "b*s × 11008" });
});
