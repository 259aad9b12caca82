import { describe, expect, test } from "vitest";
import { type Offer, offers, OFFER_KINDS, groupsToTry, smallestSet } from "#advice/change-offers.ts";
import type { Knob } from "#advice/knobs/knob.ts";
import { fewestChanges, type KnobBudget, knobBudget } from "#advice/change-sets.ts";
import { type PriceId, type PriceGroup, costOf } from "#advice/prices.ts";
import { runToEnd, type Trial, evaluateTrial } from "#advice/trial.ts";
import { groupOf, turnKnobs } from "#advice/knob-search.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import { fitOnCard, onCardByRule } from "#calc/card/fit.ts";
import { runsOnCard } from "#calc/card/usable-memory.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { DEFAULT_CHOICES, type Choices } from "#scenario/keys/choices.ts";
import { allScales } from "#advice/knobs/all-knobs.ts";
import { choicesOf } from "../answered.ts";

const offersFor = (link: string) => {
  const start = evaluateTrial(decodeLink(link, FULL_CATALOG).value, FULL_CATALOG);
  const turned = runToEnd(turnKnobs(start, FULL_CATALOG));
  return {
    found: runToEnd(offers(knobBudget(start, turned, { catalog: FULL_CATALOG }))),
    set: runToEnd(smallestSet(start, turned, { catalog: FULL_CATALOG })),
  };
};
const isEnough = ({ trial }: Offer): boolean => trial.isWayOut;

describe("a kind of price", () => {
  test("is paid from its own group first, and from those to its left only where it must", () => {
    expect(groupsToTry("learns-less", true)).toEqual([
      ["learns-less"],
      ["slower", "learns-less"],
      ["slower", "format", "learns-less"],
    ]);
    expect(groupsToTry("format", true)).toEqual([["format"], ["slower", "format"]]);
    expect(groupsToTry("free", true)).toEqual([[]]);
  });

  test("takes all to its left along where that alone is not enough", () => {
    expect(groupsToTry("learns-less", false)).toEqual([["slower", "format", "learns-less"]]);
    expect(groupsToTry("format", false)).toEqual([["slower", "format"]]);
  });

  test("of hardware stands alone where that is enough", () => {
    for (const isLeftEnough of [true, false])
      expect(groupsToTry("hardware", isLeftEnough)).toEqual([["hardware"], ["slower", "format", "hardware"]]);
  });
});

/** Knobs that save what the table says of each set. @param gib on the card, by the ids of a set in order */
const purseFor = (groups: Readonly<Record<string, PriceId>>, gib: (ids: readonly string[]) => number): KnobBudget => {
  const start = evaluateTrial(DEFAULT_CHOICES, FULL_CATALOG);
  const knobs = Object.entries(groups).map(([id, price]): Knob => ({
    id,
    subject: id,
    title: id,
    phrase: id,
    price,
    patch: {},
  }));
  const run = (chosen: readonly Knob[]): Trial => {
    const onCardBytes = bytes(gib(chosen.map(({ id }) => id).toSorted()) * GIB);
    const { comfortableBytes } = onCardByRule(onCardBytes, 1);
    const card = fitOnCard({ onCardBytes, comfortableBytes }, bytes(20 * GIB));
    return { ...start, peakBytes: onCardBytes, onCardBytes, card, fit: card.fit, isWayOut: runsOnCard(card) };
  };
  return {
    start: run([]),
    catalog: FULL_CATALOG,
    runner: { run, runs: () => 0 },
    knobs,
    scales: [],
    keepsCards: true,
  };
};

test("what is free is to the left of every kind: where it is enough, nothing slower goes along", () => {
  const sizes: Readonly<Record<string, number>> = { "": 30, free: 15, format: 26, "format,free": 14 };
  const purse = purseFor({ free: "lossFused", slower: "checkpointing", format: "adapterFormat" }, (ids) =>
    // What is free saves nothing beside what is slower.
    ids.includes("slower") ? 25 : (sizes[ids.join()] ?? 30),
  );
  const byKind = new Map(runToEnd(offers(purse)).map((offer) => [offer.kind, offer]));
  const idsOf = (kind: Offer["kind"]) => byKind.get(kind)?.knobs.map(({ id }) => id);
  expect(idsOf("free")).toEqual(["free"]);
  expect(idsOf("format")).toEqual(["free"]);
});

test("what saves nothing beside the changes before it is tried again beside those after it", () => {
  // Activations in host memory, while the peak is the optimizer’s.
  const sizes: Readonly<Record<string, number>> = { less: 25, "less,slower": 15 };
  const purse = purseFor({ slower: "offloadedActivations", less: "rank" }, (ids) => sizes[ids.join()] ?? 30);
  const found = runToEnd(fewestChanges(["slower", "learns-less"], purse));
  expect(found?.map(({ id }) => id)).toEqual(["slower", "less"]);
});

test("what comes nearest and turns out to be enough has nothing that is not needed", () => {
  // One change saves a little by itself, and spoils what the others save.
  const sizes: Readonly<Record<string, number>> = {
    spoiler: 28,
    less: 22,
    "idle,less": 21,
    "less,slower": 15,
    "idle,less,slower": 14,
  };
  const groups = {
    spoiler: "checkpointing",
    slower: "offloadedActivations",
    idle: "adapterFormat",
    less: "rank",
  } as const;
  const purse = purseFor(groups, (ids) => sizes[ids.join()] ?? (ids.includes("spoiler") ? 27 : 30));
  const [less] = runToEnd(offers(purse)).slice(-1);
  expect(less?.knobs.map(({ id }) => id)).toEqual(["slower", "less"]);
});

describe("offers", () => {
  test.each(["?v=1&batch=4&seq=4096", "?v=1&batch=4&used=5.5&r=64", "?v=1&model=llama-3.1-70b&gpu=h100-sxm"])(
    "are one of each kind, paid with what it may take (%s); the first that fits is the smallest set",
    (link) => {
      const { found, set } = offersFor(link);
      expect(found.map(({ kind }) => kind)).toEqual(OFFER_KINDS);
      for (const { kind, knobs } of found) {
        const allowed = new Set(["free", ...groupsToTry(kind, false).flat()]);
        for (const knob of knobs) expect(allowed).toContain(groupOf(knob));
      }
      const first = found.find(isEnough);
      expect(first).toBeDefined();
      expect(first?.knobs.map(({ title }) => title)).toEqual(set?.knobs.map(({ title }) => title));
    },
  );

  test("of hardware are several larger cards where one, or more of the chosen one, is not enough", () => {
    const { found, set } = offersFor("?v=1&model=mixtral-8x22b&method=qlora");
    const hardware = found.find(({ kind }) => kind === "hardware");
    expect(hardware?.knobs.map(({ title }) => title.replaceAll("\u00a0", " "))).toEqual(["2 × B200 with FSDP 2"]);
    expect(hardware && isEnough(hardware)).toBe(true);
    expect(set?.knobs).toEqual(hardware?.knobs);
  });

  test("that are not enough go as far as their own kind goes, before what is to their left", () => {
    const { found } = offersFor("?v=1&model=llama-3.1-70b&gpu=h100-sxm&method=full");
    const [, slower, format] = found;
    expect(slower?.knobs.map(({ id }) => id)).toEqual(["alloc-expandable", "optim-paged_adamw_32bit"]);
    expect(format?.knobs.map(groupOf)).toEqual(["free", "format"]);
    expect(format && isEnough(format)).toBe(false);
  });

  test("of another kind than the cheapest that fits leave the cheaper ones alone where they can", () => {
    const { found } = offersFor("?v=1&batch=4&seq=4096");
    const [, , format, hardware, less] = found;
    expect(format?.knobs.map(groupOf)).not.toContain("slower");
    expect(hardware?.knobs.map(groupOf)).toContain("hardware");
    expect(less?.knobs.map(groupOf)).not.toContain("format");
  });
});

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
