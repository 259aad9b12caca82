import { describe, expect, test, it } from "vitest";
import { TRAITS_OF_ANY } from "#catalog/gpu-support.ts";
import { fewestGpus, estimatesByCount, fewestWords, smallestCard, smallestRuns } from "#advice/smallest-gpu.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import { scenario } from "../calc/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { answerOf, choicesOf } from "../answered.ts";
import { runToEnd } from "#advice/trial.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";

const FULL = scenario({ sharding: "fsdp2", autocast: false });

describe("The fewest cards for Llama 2 7B in full", () => {
  test.each([[24], [40], [80]])("of %i GiB hold it, and one less does not", (gib) => {
    const available = bytes(gib * GIB);
    const fewest = fewestGpus(estimatesByCount(FULL, TRAITS_OF_ANY), available);
    if (fewest === null) throw new Error("some number of cards holds it");
    const { gpus, card } = fewest;
    expect(card.fit).not.toBe("over");
    if (gpus > 1) expect(estimatesByCount(FULL, TRAITS_OF_ANY)(gpus - 1).taken.fitWith(available)).toBe("over");
  });

  test("are none where a unit of the model alone does not fit", () => {
    expect(fewestGpus(estimatesByCount(FULL, TRAITS_OF_ANY), bytes(2 * GIB))).toBeNull();
  });

  test("are looked for up to a machine one by one, then by machines, in whole models", () => {
    const asked: number[] = [];
    const onCount = (gpus: number) => {
      asked.push(gpus);
      return estimatesByCount(FULL, TRAITS_OF_ANY)(1);
    };
    expect(fewestGpus(onCount, bytes(0))).toBeNull();
    expect(asked).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 16, 24, 32, 48, 64, 96, 128]);
    asked.length = 0;
    expect(fewestGpus(onCount, bytes(0), 3)).toBeNull();
    expect(asked).toEqual([3, 6, 24, 48, 96]);
  });

  test("make one estimate for each count", () => {
    const onCount = estimatesByCount(FULL, TRAITS_OF_ANY);
    expect(onCount(4)).toBe(onCount(4));
    expect(onCount(4).estimate()).toBe(onCount(4).estimate());
  });
});

/** What is said of full fine-tuning on so many usable GiB a card. */
const said = (patch: Partial<Choices>, usableGib: number, usedGib = 0): string | undefined => {
  const answer = answerOf({ show: ["full"], ...patch });
  const [method] = answer.methods;
  if (method === undefined) throw new Error("full fine-tuning is shown");
  const gpu = { ...answer.gpu, shortName: "H100", usableBytes: bytes(Math.round(usableGib * GIB)) };
  return fewestWords({ choices: { ...answer.choices, used: usedGib }, gpu }, method)?.replaceAll("\u00a0", " ");
};

test("a method that is divided over cards needs so many at least, and says what each holds", () => {
  expect(said({ gpus: 8, shard: "zero3" }, 500)).toMatch(/^Full needs at least an H100: [\d.]+ GiB\.$/);
  expect(said({ gpus: 8, shard: "zero3" }, 40)).toMatch(
    /^Full needs at least \d × H100(?:, which may not be enough)?: [\d.]+ GiB each\.$/,
  );
  expect(said({ gpus: 8, shard: "zero3" }, 1)).toBe(
    "Full: no number of H100 holds it; what cannot be sharded is too much.",
  );
});

test("experts that cards share out take as many as share them, or a multiple", () => {
  const shared: Partial<Choices> = { model: { kind: "catalog", id: "qwen3-30b-a3b" }, method: "full", gpus: 8, ep: 8 };
  expect(said(shared, 1000)).toMatch(/^Full needs at least 8 × H100: [\d.]+ GiB each\.$/);
  expect(said({ ...shared, ep: 4 }, 1000)).toMatch(/^Full needs at least 4 × H100: /);
});

test("what is in use on a card is none of its memory", () => {
  const patch: Partial<Choices> = { gpus: 8, shard: "zero3" };
  expect(said(patch, 500, 460)).toBe(said(patch, 40));
});

test("so many may not be enough where a little more would be too much", () => {
  const [needed] = /[\d.]+(?= GiB)/.exec(said({ gpus: 8, shard: "zero3" }, 500) ?? "") ?? [];
  expect(said({ gpus: 8, shard: "zero3" }, Number(needed) + 0.06)).toContain("H100, which may not be enough: ");
});

test("nothing is said where each card has all of it, nor by a rule of thumb", () => {
  expect(said({}, 40)).toBeUndefined();
  expect(said({ gpus: 8, shard: "ddp" }, 40)).toBeUndefined();
  expect(said({ gpus: 8, shard: "zero3", stack: "article" }, 40)).toBeUndefined();
});

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
