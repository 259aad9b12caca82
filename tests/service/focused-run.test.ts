import { describe, expect, it } from "vitest";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { focusedRun, focusOf } from "#service/answers/library-runs.ts";

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
