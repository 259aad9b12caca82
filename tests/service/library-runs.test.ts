import { describe, expect, it } from "vitest";
import { runToEnd } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { STACKS } from "#catalog/stacks.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { libraryRuns } from "#service/answers/library-runs.ts";
import { focusOf } from "../answered.ts";

const choices = { ...DEFAULT_CHOICES, method: "lora" } as const;

describe("the same run in every library", () => {
  const runs = runToEnd(libraryRuns({ choices, opened: ["trl"] }, FULL_CATALOG));

  it("has the peak of each that its own answer has, in the order in which libraries are offered", () => {
    expect(Object.keys(runs)).toEqual(Object.keys(STACKS));
    expect(runs.unsloth?.peakBytes).toBe(focusOf({ ...choices, stack: "unsloth" }).estimate.peakBytes);
  });

  it("has differences of those that are looked at alone, and they sum to the difference of the peaks", () => {
    const sum = runs.trl?.differences?.reduce((bytes, difference) => bytes + difference.bytes, 0);
    expect(sum).toBe((runs.trl?.peakBytes ?? 0) - (runs.transformers?.peakBytes ?? 0));
    expect(sum).not.toBe(0);
    expect(Object.values(runs).filter(({ differences }) => differences !== null)).toHaveLength(1);
  });

  it("is none where no method is shown", () => {
    expect(runToEnd(libraryRuns({ choices: { ...choices, show: [] }, opened: [] }, FULL_CATALOG))).toEqual({});
  });
});
