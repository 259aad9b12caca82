import { describe, expect, it } from "vitest";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { focusedRun, focusOf, libraryRuns } from "#service/answers/library-runs.ts";
import { runToEnd } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { STACKS } from "#catalog/stacks.ts";
import { focusOf as answeredFocusOf } from "../../answered.ts";

const choose = (patch: Partial<Choices>): Choices => ({ ...DEFAULT_CHOICES, ...patch });

describe("the method in focus", () => {
  it("is the one that was chosen, or the first one shown where that is not", () => {
    expect(focusOf(choose({ method: "qlora" }))).toBe("qlora");
    expect(focusOf(choose({ method: "full", show: ["qlora", "lora"] }))).toBe("lora");
    expect(focusOf(choose({ show: [] }))).toBeNull();
  });

  it("has alone the figures that it has beside the others", () => {
    const choices = choose({ method: "lora" });
    const { methods } = toAnswer(choices, POPULAR_CATALOG);
    expect(focusedRun(choices, POPULAR_CATALOG)).toEqual(methods.find(({ method }) => method === "lora"));
  });
});

const choices = { ...DEFAULT_CHOICES, method: "lora" } as const;

describe("the same run in every library", () => {
  const runs = runToEnd(libraryRuns({ choices, opened: ["trl"] }, FULL_CATALOG));

  it("has the peak of each that its own answer has, in the order in which libraries are offered", () => {
    expect(Object.keys(runs)).toEqual(Object.keys(STACKS));
    expect(runs.unsloth?.peakBytes).toBe(answeredFocusOf({ ...choices, stack: "unsloth" }).estimate.peakBytes);
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
