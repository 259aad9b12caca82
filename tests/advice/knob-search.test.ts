import { expect, test } from "vitest";
import type { PriceId } from "#advice/prices.ts";
import { evaluateTrial, runToEnd } from "#advice/trial.ts";
import { savingKnobs, type Turned } from "#advice/knob-search.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

const TRIAL = evaluateTrial(DEFAULT_CHOICES, FULL_CATALOG);

/** A knob of a price that saves so many bytes. */
const turned = (id: string, savedBytes: number, price: PriceId = "packing"): Turned => ({
  knob: { id, subject: id, title: id, phrase: id, price, patch: {} },
  trial: TRIAL,
  savedBytes,
});

const savingIds = (...all: readonly Turned[]): readonly string[] =>
  runToEnd(savingKnobs(TRIAL, all, FULL_CATALOG)).map(({ knob }) => knob.id);

test("what saves a byte saves something, and the largest saving comes first", () => {
  expect(savingIds(turned("none", 0), turned("little", 1), turned("dearer", -5), turned("much", 9))).toEqual([
    "much",
    "little",
  ]);
});

test("of the same saving the cheapest comes first", () => {
  expect(savingIds(turned("rank", 5, "rank"), turned("fused", 5, "lossFused"), turned("more", 6, "rank"))).toEqual([
    "more",
    "fused",
    "rank",
  ]);
});
