import { expect, test } from "vitest";
import { peakOf } from "#calc/model/timeline-point.ts";
import { aliveOnTape } from "#calc/step/alive-on-tape.ts";
import { runOnPaper } from "#calc/step/paper-run.ts";
import { stepTimeline } from "#calc/step/step-timeline.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";
import { explained } from "./explained.ts";

const SMALL = { ...LLAMA_2_7B, num_hidden_layers: 2 };
const STEP = explained(scenario({ architecture: SMALL, method: loraMethod({ r: 8 }), gradient_checkpointing: false }));
const ROWS = aliveOnTape(runOnPaper(WORKINGS, STEP), peakOf(stepTimeline(STEP)));

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
