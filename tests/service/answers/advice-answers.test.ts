import { describe, expect, test } from "vitest";
import { advise } from "#advice/advise.ts";
import { runToEnd } from "#advice/trial.ts";
import { topChange } from "#advice/top-change.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { ANSWERS } from "#service/questions.ts";
import { choicesOf } from "../../answered.ts";

const TIGHT = choicesOf("?v=1&batch=2&seq=4096&quant=fp4&method=qlora");
const SMALL = choicesOf("?v=1&model=llama-3.2-1b");

/** As it comes to the page. */
const copied = <Data>(data: Data): Data => structuredClone(data);
const estimateOf = (choices: Choices) =>
  toAnswer(choices, FULL_CATALOG).methods.find(({ method }) => method === choices.method)?.estimate;

describe("advice as the page has it", () => {
  const whole = runToEnd(advise(TIGHT, FULL_CATALOG));
  const page = copied(runToEnd(ANSWERS.advice({ choices: TIGHT }, FULL_CATALOG)));

  test("says what a change takes of the host's memory", () => {
    const offload = page.changes.filter(({ hostBytes }) => hostBytes > 0);
    expect(offload.map(({ knob }) => knob.id)).toEqual(expect.arrayContaining(["offload-all"]));
    for (const { knob, hostBytes } of offload)
      expect(hostBytes).toBe(estimateOf({ ...TIGHT, ...knob.patch })?.hostBytes);
  });

  test("is the whole advice, without the scenarios that were tried", () => {
    expect(page.changes.map(({ knob, savedBytes, card }) => [knob.id, savedBytes, card])).toEqual(
      whole.knobs.map(({ knob, trial }) => [knob.id, whole.start.onCardBytes - trial.onCardBytes, trial.card]),
    );
    expect(page.smallestCards).toEqual(whole.smallestCards);
    expect(runToEnd(ANSWERS.firstAdvice({ choices: TIGHT }, FULL_CATALOG))).toEqual(topChange(whole));
  });
});

test("the matrix has the chosen card's own outcome, a useful dozen or every card, and says what it is about", () => {
  const answer = toAnswer(TIGHT, FULL_CATALOG);
  for (const every of [false, true]) {
    const { batch, seq, cards, rows } = copied(runToEnd(ANSWERS.matrix({ choices: TIGHT, every }, FULL_CATALOG)));
    expect([batch, seq]).toEqual([TIGHT.batch, TIGHT.seq]);
    expect(cards.length > 20).toBe(every);
    const index = cards.findIndex(({ chosen }) => chosen);
    for (const { method, card } of answer.methods)
      expect(rows.find((row) => row.method === method)?.cells[index]).toMatchObject(card);
  }
});

test("a sweep comes with the axis, the lines and the cards that it was asked for", () => {
  const asked = {
    axis: "batch" as const,
    lines: [{ method: "lora" as const, stack: "trl" }],
    capacities: [{ label: "24 GB", bytes: 24e9, chosen: true }],
  };
  const { curves, ...rest } = copied(runToEnd(ANSWERS.sweep({ ...asked, choices: SMALL }, FULL_CATALOG)));
  expect(rest).toEqual(asked);
  expect(curves[0]?.bytes[0]).toBe(estimateOf({ ...SMALL, stack: "trl", batch: 1 })?.onCardBytes);
  expect(curves[0]?.crossings).toHaveLength(1);
});

test("trials are the engine on each change, in their order", () => {
  const patches = [{}, { r: 64 }, { method: "full" as const }];
  const tried = copied(runToEnd(ANSWERS.trials({ choices: SMALL, patches }, FULL_CATALOG)));
  expect(tried.map(({ onCardBytes }) => onCardBytes)).toEqual(
    patches.map((patch) => estimateOf({ ...SMALL, ...patch })?.onCardBytes),
  );
});

test("targets are every preset that the family offers, each with what it trains and takes", () => {
  const figures = copied(runToEnd(ANSWERS.targets({ choices: SMALL, method: "lora" }, FULL_CATALOG)));
  expect(figures.map(({ preset }) => preset).toSorted()).toEqual(["all-linear", "attention", "attention-mlp", "q-v"]);
  for (const { preset, ...rest } of figures)
    expect(estimateOf({ ...SMALL, method: "lora", targets: preset })).toMatchObject(rest);
});

test("a scenario is chosen with the card's outcome in it", () => {
  const wish = { data: "1kTo10k", task: "complex" } as const;
  const { patch, card, reasons } = copied(runToEnd(ANSWERS.chooseForMe({ choices: SMALL, wish }, FULL_CATALOG)));
  expect(patch).toMatchObject({ method: "lora" });
  expect(card?.fit).toBe("fits");
  expect(reasons).toHaveLength(2);
});

test("what is loaded for serving has a 16-bit base and a quantised one, with the same adapter", () => {
  const { lora, qlora } = copied(runToEnd(ANSWERS.loadedBases({ choices: SMALL }, FULL_CATALOG)));
  expect(lora.weights).toBeGreaterThan(qlora.weights);
  expect(lora.adapters).toBe(qlora.adapters);
});

describe("scenarios that are held", () => {
  test("are answered with the method in focus, or the first one shown, alone", async () => {
    const pinned = [choicesOf("?v=1&method=qlora"), choicesOf("?v=1&method=full&show=lora,qlora")];
    const answers = copied(await ANSWERS.pinned({ pinned }, FULL_CATALOG));
    expect(answers.map(({ methods }) => methods.map(({ method }) => method))).toEqual([["qlora"], ["lora"]]);
    for (const [index, choices] of pinned.entries()) {
      const [own] = answers[index]?.methods ?? [];
      const whole = toAnswer(choices, FULL_CATALOG);
      expect(answers[index]?.choices).toEqual(choices);
      expect(own).toEqual(whole.methods.find(({ method }) => method === own?.method));
    }
  });

  test("may name a model beyond the popular ones", async () => {
    const [answer] = await ANSWERS.pinned({ pinned: [choicesOf("?v=1&model=gpt2")] }, POPULAR_CATALOG);
    expect(answer?.model.name).toBe("GPT-2");
  });
});
