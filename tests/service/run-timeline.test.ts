import { describe, expect, it } from "vitest";
import { runToEnd } from "#advice/trial.ts";
import { totalOf } from "#calc/model/terms.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { runParts, RUN_PARTS, runTimeline } from "#service/answers/run-timeline.ts";
import { choicesOf } from "../answered.ts";

const told = (patch: Partial<Choices>, parts = RUN_PARTS as readonly (typeof RUN_PARTS)[number][]) =>
  runToEnd(runTimeline({ choices: choicesOf(patch), parts }, FULL_CATALOG));

describe("a run point by point", () => {
  it.each([{}, { method: "qlora", eval: 2, evalkeep: "logits", evalbatches: 3, evalseq: 512 }] as const)(
    "has each part at the height that the strip says: %o",
    (patch) => {
      const points = told(patch)?.points ?? [];
      const run = runToEnd(runParts({ choices: choicesOf(patch) }, FULL_CATALOG));
      for (const { id, methods } of run?.parts ?? []) {
        const heights = points.filter(({ part }) => part === id).map(({ terms }) => totalOf(terms));
        const one = methods.find(({ method }) => method === run?.focus);
        expect(Math.max(...heights), id).toBe(one?.estimate.peakBytes);
      }
    },
  );

  it("comes in the order of a run, an evaluation batch by batch", () => {
    const points = told({ eval: 1, evalkeep: "logits", evalbatches: 9, evalseq: 128 })?.points ?? [];
    expect([...new Set(points.map(({ part }) => part))]).toEqual([
      "load",
      "resume",
      "step",
      "evaluate",
      "save",
      "merge",
    ]);
    const ofEvaluation = points.filter(({ part }) => part === "evaluate").map(({ name }) => name);
    expect(ofEvaluation.slice(0, 4)).toEqual([
      "batch 1, forward",
      "batch 1, kept",
      "batch 1, next batch",
      "batch 2, forward",
    ]);
    expect(ofEvaluation.at(-1)).toBe("batch 4, to the host");
  });

  it("tells the parts that are asked for", () => {
    expect(new Set(told({}, ["load", "step"])?.points.map(({ part }) => part))).toEqual(new Set(["load", "step"]));
    expect(told({ stack: "article" })).toBeNull();
  });
});
