import { describe, expect, it } from "vitest";
import { runToEnd } from "#advice/trial.ts";
import { smallestCard, smallestRuns } from "#advice/smallest-gpu.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { answerOf, choicesOf } from "../answered.ts";

const runsOf = (link: string, methods: readonly (typeof METHODS)[number][] = METHODS) => {
  const choices = choicesOf(link);
  return { choices, runs: runToEnd(smallestRuns({ choices, methods }, FULL_CATALOG)) };
};

describe("what methods take on their smallest cards", () => {
  it.each(["?v=1&gpu=t4", "?v=1&model=llama-3.1-70b", "?v=1&model=qwen2.5-7b&used=2&stack=unsloth"])(
    "%s: is of the very cards that advice names, and fits as it says",
    (link) => {
      const { choices, runs } = runsOf(link);
      for (const { method, answer } of runs) {
        const { found } = smallestCard(choices, method, FULL_CATALOG);
        expect(answer?.gpu.id).toBe(found?.id);
        expect(answer?.choices.gpus).toBe(found?.gpus);
        expect(answer?.methods.map((one) => [one.method, one.card.fit])).toEqual([[method, found?.fit]]);
      }
    },
  );

  it("has the figure that its own link gives", () => {
    const { runs } = runsOf("?v=1&gpu=t4&show=lora", ["lora", "full"]);
    for (const { method, answer } of runs) {
      if (answer === null) throw new Error("8B fits some card");
      const opened = answerOf(choicesOf(encodeLink(answer.choices)));
      const one = opened.methods.find((each) => each.method === method);
      expect(one?.estimate.onCardBytes).toBe(answer.methods[0]?.estimate.onCardBytes);
      expect(opened.choices.show).toEqual(method === "full" ? ["full", "lora"] : ["lora"]);
    }
  });

  it("is nothing where no number of any card is enough", () => {
    const { runs } = runsOf("?v=1&used=400", ["qlora"]);
    expect(runs).toEqual([{ method: "qlora", answer: null }]);
  });
});
