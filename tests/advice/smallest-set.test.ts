import { describe, expect, test } from "vitest";
import { allScales } from "#advice/knobs/all-knobs.ts";
import type { Knob } from "#advice/knobs/knob.ts";
import { type PriceGroup, costOf } from "#advice/prices.ts";
import { runToEnd, type Trial, evaluateTrial } from "#advice/trial.ts";
import { smallestSet } from "#advice/offers.ts";
import { groupOf, turnKnobs } from "#advice/knob-search.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { choicesOf } from "../answered.ts";

/** Knobs that each save a little, so that it takes several; two of them with a number. */
const IDS = [
  "loss-inplace",
  "loss-fused",
  "actoffload",
  "batch",
  "seq",
  "r",
  "adapters-bf16",
  "optim-adamw_bnb_8bit",
  "offload-all",
];

/** The groups that sets are paid from, as the documentation has them; hardware has tests of its own. */
const TIERS: readonly (readonly PriceGroup[])[] = [
  [],
  ["slower"],
  ["slower", "format"],
  ["slower", "format", "learns-less"],
  ["slower", "format", "learns-less", "offload"],
];
const WITHOUT_HARDWARE: readonly PriceGroup[] = ["free", "slower", "format", "learns-less", "offload"];

const costOfAll = (knobs: readonly Knob[]): number => costOf(knobs.map(({ price }) => price));
const isFree = (knob: Knob): boolean => groupOf(knob) === "free";

const withKnobs = (choices: Choices, knobs: readonly Knob[]): Trial =>
  evaluateTrial(Object.assign({}, choices, ...knobs.map(({ patch }) => patch)), FULL_CATALOG);
const fits = (choices: Choices, knobs: readonly Knob[]): boolean => withKnobs(choices, knobs).isWayOut;

const foundFor = (link: string, groups?: readonly PriceGroup[]) => {
  const start = evaluateTrial(choicesOf(link), FULL_CATALOG);
  const turned = runToEnd(turnKnobs(start, FULL_CATALOG)).filter(({ knob }) => IDS.includes(knob.id));
  return {
    turned,
    set: runToEnd(
      smallestSet(start, turned, groups === undefined ? { catalog: FULL_CATALOG } : { catalog: FULL_CATALOG, groups }),
    ),
  };
};

/** Every set with one knob of a subject or none. */
const everySet = (knobs: readonly Knob[]): readonly (readonly Knob[])[] =>
  knobs.reduce<readonly (readonly Knob[])[]>(
    (sets, knob) => [
      ...sets,
      ...sets.filter((set) => set.every(({ subject }) => subject !== knob.subject)).map((set) => [...set, knob]),
    ],
    [[]],
  );

/** By trying every set, numbers as small as they go: how many changes have to be paid for at least, and what they cost; null where none is enough. */
const bySearch = (link: string, knobs: readonly Knob[]): Readonly<{ paid: number; cost: number }> | null => {
  const choices = choicesOf(link);
  const scales = allScales(choices, FULL_CATALOG).map(({ at }) => at(1));
  const most = knobs.map((knob) => scales.find(({ id }) => id === knob.id) ?? knob);
  const free = everySet(most.filter(isFree));
  for (const tier of TIERS) {
    const [best] = everySet(most.filter((knob) => tier.includes(groupOf(knob))))
      .filter((paid) => free.some((set) => fits(choices, [...paid, ...set])))
      .toSorted((one, other) => one.length - other.length || costOfAll(one) - costOfAll(other));
    if (best !== undefined) return { paid: best.length, cost: costOfAll(best) };
  }
  return null;
};

/** The next larger value of each number in a set, beside its other members. */
const nextRungs = (choices: Choices, set: readonly Knob[]): readonly (readonly Knob[])[] =>
  set.flatMap((knob) => {
    const scale = allScales(choices, FULL_CATALOG).find(({ at }) => at(1).id === knob.id);
    if (scale === undefined) return [];
    const rungs = Array.from({ length: scale.count }, (_, index) => scale.at(index + 1));
    const next = rungs[rungs.findIndex(({ title }) => title === knob.title) + 1];
    const others = set.filter((each) => each !== knob);
    return [next === undefined ? others : [...others, next]];
  });

describe("the smallest set", () => {
  test.each([
    ["nothing but what is free", "?v=1&batch=4&used=1", []],
    ["time", "?v=1&batch=4&used=4", ["slower"]],
    ["time twice", "?v=1&batch=4&used=6.5", ["slower", "slower"]],
    ["a format", "?v=1&batch=4&used=5.5&r=64", ["slower", "format"]],
    ["what is learned", "?v=1&batch=4&used=6.5&r=256", ["slower", "learns-less"]],
    ["the host's memory", "?v=1&batch=4&used=15", ["offload"]],
  ])("is paid with %s where nothing cheaper is enough", (_, link, groups) => {
    const choices = choicesOf(link);
    const { set, turned } = foundFor(link, WITHOUT_HARDWARE);
    const knobs = set?.knobs ?? [];
    expect(set?.trial.isWayOut).toBe(true);
    const paid = knobs.filter((knob) => !isFree(knob));
    expect(paid.map(groupOf)).toEqual(groups);
    const searched = bySearch(
      link,
      turned.map(({ knob }) => knob),
    );
    expect({ paid: paid.length, cost: costOfAll(paid) }).toEqual(searched);
    // Nothing free is taken that is not needed, and no number is smaller than it must be.
    for (const knob of knobs.filter(isFree))
      expect(
        fits(
          choices,
          knobs.filter((each) => each !== knob),
        ),
      ).toBe(false);
    for (const next of nextRungs(choices, knobs)) expect(fits(choices, next)).toBe(false);
  });

  test.each(["?v=1&batch=4&used=4", "?v=1&batch=4&used=5.5&r=64", "?v=1&batch=4&used=6.5&r=256"])(
    "is found without trying every set (%s): what cannot reach it is left out",
    (link) => {
      const start = evaluateTrial(choicesOf(link), FULL_CATALOG);
      const turned = runToEnd(turnKnobs(start, FULL_CATALOG)).filter(({ knob }) => IDS.includes(knob.id));
      const work = smallestSet(start, turned, { catalog: FULL_CATALOG, groups: WITHOUT_HARDWARE });
      let steps = 0;
      while (!work.next().done) steps += 1;
      expect(steps).toBeLessThan(everySet(turned.map(({ knob }) => knob)).length / 2);
    },
  );

  test("is none where nothing is enough, and empty where nothing is needed", () => {
    expect(foundFor("?v=1&model=llama-3.1-405b&gpu=rtx-4060&method=full").set).toBeNull();
    expect(foundFor("?v=1").set?.knobs).toEqual([]);
  });

  test("is of other cards before the host's memory: those with the least memory in all, what is free taken", () => {
    const link = "?v=1&model=llama-3.1-8b&gpu=rtx-4060&batch=2&seq=4096";
    const titles = foundFor(link).set?.knobs.map(({ id }) => id);
    expect(titles).toEqual(["loss-fused", expect.stringMatching(/^gpus?-/)]);
    expect(foundFor(link, WITHOUT_HARDWARE).set?.knobs.map(groupOf)).toEqual(["free", "offload"]);
  });

  test("never has another library, and the host's memory last", () => {
    const start = evaluateTrial(choicesOf("?v=1&model=qwen2.5-14b&batch=8&r=256"), FULL_CATALOG);
    const turned = runToEnd(turnKnobs(start, FULL_CATALOG));
    const set = runToEnd(smallestSet(start, turned, { catalog: FULL_CATALOG }));
    expect(set?.knobs.map(({ subject }) => subject)).not.toContain("library");
    expect(set?.knobs.map(groupOf)).not.toContain("offload");
  });
});
