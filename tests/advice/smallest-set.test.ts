import { describe, expect, test } from "vitest";
import type { Knob } from "#advice/knob.ts";
import { PRICES } from "#advice/prices.ts";
import { runThrough } from "#advice/run-through.ts";
import { smallestSet } from "#advice/smallest-set.ts";
import { type Trial, tryOut } from "#advice/trial.ts";
import { turnKnobs } from "#advice/turn-knobs.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";

/** Knobs that each save a little, so that it takes several. */
const IDS = [
  "loss-inplace",
  "actoffload",
  "batch-half",
  "batch-1",
  "seq-half",
  "adapters-bf16",
  "optim-adamw_bnb_8bit",
  "method-qlora",
];

const choicesWith = (used: number): Choices => ({ ...DEFAULT_CHOICES, batch: 4, used });
const rankOf = (knobs: readonly Knob[]): number => knobs.reduce((sum, { price }) => sum + PRICES[price].rank, 0);

const turnedOf = (start: Trial) =>
  runThrough(turnKnobs(start, FULL_CATALOG)).filter(({ knob }) => IDS.includes(knob.id));

const found = (used: number) => {
  const start = tryOut(choicesWith(used), FULL_CATALOG);
  return runThrough(smallestSet(start, turnedOf(start), FULL_CATALOG));
};

/** Every set with one knob of a subject or none, the one that changes the method left out. */
const everySet = (knobs: readonly Knob[]): readonly (readonly Knob[])[] =>
  knobs
    .filter(({ subject }) => subject !== "method")
    .reduce<readonly (readonly Knob[])[]>(
      (sets, knob) => [
        ...sets,
        ...sets.filter((set) => set.every(({ subject }) => subject !== knob.subject)).map((set) => [...set, knob]),
      ],
      [[]],
    );

/** What it takes at least, by trying every set: as few knobs as can be, of as many the cheapest; comfortable before tight. */
const bySearch = (used: number): Readonly<{ size: number; rank: number; fit: string }> | null => {
  const choices = choicesWith(used);
  const start = tryOut(choices, FULL_CATALOG);
  const tried = everySet(turnedOf(start).map(({ knob }) => knob)).map((knobs) => ({
    size: knobs.length,
    rank: rankOf(knobs),
    fit: tryOut(Object.assign({}, choices, ...knobs.map(({ patch }) => patch)), FULL_CATALOG).card.fit,
  }));
  const ordered = tried.toSorted((one, other) => one.size - other.size || one.rank - other.rank);
  return ordered.find(({ fit }) => fit === "fits") ?? ordered.find(({ fit }) => fit === "tight") ?? null;
};

const stepsOf = (work: Generator): number => {
  let steps = 0;
  while (!work.next().done) steps += 1;
  return steps;
};

describe("the fewest changes that make it fit", () => {
  test.each([4, 5.5, 6])(
    "with %d GiB in use are found without trying every set: what cannot reach it is left out",
    (used) => {
      const start = tryOut(choicesWith(used), FULL_CATALOG);
      const turned = turnedOf(start);
      const sets = everySet(turned.map(({ knob }) => knob));
      expect(stepsOf(smallestSet(start, turned, FULL_CATALOG))).toBeLessThan(sets.length / 2);
    },
  );

  test.each([
    { used: 2, size: 1 },
    { used: 3, size: 2 },
    { used: 4, size: 2 },
    { used: 5, size: 3 },
    { used: 5.5, size: 5 },
    { used: 6, size: 3 },
    { used: 6.5, size: 4 },
    { used: 7, size: null },
  ])("with $used GiB in use are the $size that trying every set finds", ({ used, size }) => {
    const set = found(used);
    expect(set?.knobs.length ?? null).toBe(size);
    expect(set && { size: set.knobs.length, rank: rankOf(set.knobs), fit: set.trial.card.fit }).toEqual(bySearch(used));
  });
});
