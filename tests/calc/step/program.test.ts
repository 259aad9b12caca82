import { CUDA } from "#calc/base/machine.ts";
import { describe, expect, test } from "vitest";
import type { StepOptions } from "#calc/model/step-options.ts";
import {
  lastMicroStepStart,
  type Keyed,
  lastMicroStep,
  layersOfStretch,
  type Program,
  programOf,
} from "#calc/step/program.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";

const OPTIONS: StepOptions = stepOptionsOf(WORKINGS, scenario(), CUDA);
const SFT = [{ id: "train", moment: "forward" }] as const;

const segmentsOf = (...keys: readonly (readonly [Keyed["pass"], Keyed["phase"], number, ...number[]])[]): Keyed[] =>
  keys.flatMap(([pass, phase, microStep, ...layers]) => layers.map((layer) => ({ pass, phase, microStep, layer })));

/** Each span as words: its moment and micro step, then its segments, each with the layers of the model that run it. */
const inWords = ({ spans, stretches }: Program<Keyed>): readonly string[] =>
  spans.map(({ moment, microStep, from, to }) =>
    [
      `${moment} ${microStep}:`,
      ...stretches.slice(from, to).map(
        (each) =>
          `${each.times < 0 ? "−" : ""}${each.segment.phase}(${layersOfStretch(each)
            .map(({ layer }) => layer)
            .join(",")})`,
      ),
    ].join(" "),
  );

describe("The order of a step", () => {
  const run = {
    ran: 2,
    stands: [0, 1, 1, 1, 0],
    segments: segmentsOf(
      [null, "load", 0, -1, 0, 1, 2],
      ["train", "backward", 0, 2, 1, 0],
      ["train", "forward", 0, -1, 0, 1, 2],
      ["train", "release", 0, 1, 0],
    ),
  };

  test("is that of the model's layers, forward from the first and backward from the last, whatever the run's", () => {
    expect(inWords(programOf(run, OPTIONS, SFT))).toEqual([
      "load 0: load(-1) load(0) load(1,2,3) load(4)",
      "null 0: load(5)",
      "null -1:",
      "forward 0: forward(-1) forward(0) forward(1,2,3) forward(4) forward(5) release(0) release(1,2,3) release(4)",
      "backward 0: backward(5) backward(4) backward(3,2,1) backward(0)",
    ]);
    expect(programOf(run, OPTIONS, SFT).layers).toBe(5);
  });

  test("has every pass in turn, and backward of the last of them first", () => {
    const second = segmentsOf(["reference", "forward", 0, 0, 1], ["reference", "backward", 0, 2]);
    const twice = programOf({ ...run, segments: [...run.segments, ...second] }, OPTIONS, [
      ...SFT,
      { id: "reference", moment: "forward" },
    ]);
    expect(inWords(twice).slice(3)).toEqual([
      "forward 0: forward(-1) forward(0) forward(1,2,3) forward(4) forward(5) release(0) release(1,2,3) release(4)",
      "forward 0: forward(0) forward(1,2,3) forward(4)",
      "backward 0: backward(5) backward(5) backward(4) backward(3,2,1) backward(0)",
    ]);
    expect(lastMicroStep(twice).map(({ moment }) => moment)).toEqual(["forward", "forward", "backward"]);
    expect(twice.stretches[lastMicroStepStart(twice)]?.segment).toEqual({
      pass: "train",
      phase: "forward",
      microStep: 0,
      layer: -1,
    });
  });

  test("has two micro steps where gradients add up, of which the last is asked for", () => {
    const more = segmentsOf(["train", "forward", 1, 0], ["train", "backward", 1, 0]);
    const options = { ...OPTIONS, gradient_accumulation_steps: 4 };
    const program = programOf({ ...run, segments: [...run.segments, ...more] }, options, SFT);
    expect(inWords(program).slice(5)).toEqual([
      "forward 1: forward(0) forward(4)",
      "backward 1: backward(4) backward(0)",
    ]);
    expect(lastMicroStep(program).map(({ microStep }) => microStep)).toEqual([1, 1]);
  });

  const waiting = {
    ran: 1,
    stands: [0, 0],
    segments: segmentsOf(
      [null, "load", 0, 0, 1],
      ["train", "forward", -1, 0],
      ["train", "forward", 0, 0],
      ["train", "backward", 0, 0],
      ["train", "finish", 0, 0],
    ),
  };

  test("lets micro batches that waited in a pipeline go before what follows all of backward", () => {
    const stage = { layers: [0, 2], inFlight: 3, microBatches: 1 } as const;
    expect(inWords(programOf(waiting, { ...OPTIONS, stage }, SFT)).slice(2)).toEqual([
      "null -1: forward(0,1) forward(0,1)",
      "forward 0: forward(0,1)",
      "backward 0: backward(1,0) −forward(0,1) −forward(0,1) finish(0,1)",
    ]);
  });

  test("keeps them where the step goes on", () => {
    const stage = { layers: [0, 2], inFlight: 3, microBatches: 8 } as const;
    expect(inWords(programOf(waiting, { ...OPTIONS, stage }, SFT)).at(-1)).toBe(
      "backward 0: backward(1,0) finish(0,1)",
    );
  });

  test("has the step that a training loop still holds once before it", () => {
    expect(inWords(programOf(waiting, OPTIONS, SFT)).slice(2, 4)).toEqual([
      "null -1: forward(0,1)",
      "forward 0: forward(0,1)",
    ]);
  });
});
