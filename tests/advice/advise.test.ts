import { decodeLink } from "#scenario/choices/decode-link.ts";
import fc from "fast-check";
import { expect } from "vitest";
import { advise, type Advice } from "#advice/advise.ts";
import { INVERSE_IDS, type InverseId } from "#advice/inverse-id.ts";
import { INVERSE_RANGES, withLargest } from "#advice/inverse.ts";
import { PRICE_GROUPS } from "#advice/prices.ts";
import { runThrough } from "#advice/run-through.ts";
import { groupOf } from "#advice/turn-knobs.ts";
import { isWayOut } from "#calc/card/is-way-out.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { fitOf, type MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import { arbitraryTraining } from "./arbitrary-training.ts";
import { tried } from "../tried.ts";

/** The engine's word on a link, on a way of its own: what a reader who opens it gets for its method in focus. */
const opened = (choices: Choices): MethodAnswer => {
  const { value, issues } = decodeLink(encodeLink(choices), FULL_CATALOG);
  expect(issues.filter(({ key }) => !["only", "hide", "lock"].includes(key))).toEqual([]);
  const answer = toAnswer({ ...value, show: [value.method] }, FULL_CATALOG).methods[0];
  if (answer === undefined) throw new Error("A method is shown.");
  return answer;
};

/** What a method takes of the card: its step, or a moment outside it that takes more. */
const takenBy = ({ estimate, run }: MethodAnswer): number =>
  Math.max(estimate.onCardBytes, ...(run?.moments ?? []).map(({ onCardBytes }) => onCardBytes));

/** Whether all of a method's run goes on the card. */
const goes = (answer: MethodAnswer): boolean => isWayOut({ fit: fitOf(answer) });

/** n fits or is tight and n + 1 does not, or the control ends there. */
const expectLargest = ({ start, inverse }: Advice, id: InverseId): void => {
  const { value, capped } = inverse[id];
  const isWithin = (n: number): boolean => goes(opened(withLargest({ id, value: n }, start.choices, FULL_CATALOG)));
  const { min, max } = INVERSE_RANGES[id];
  if (value === null) expect({ id, least: isWithin(min) }).toEqual({ id, least: false });
  else if (capped) expect({ id, value, within: isWithin(max) }).toEqual({ id, value: max, within: true });
  else expect({ id, within: isWithin(value), next: isWithin(value + 1) }).toEqual({ id, within: true, next: false });
};

const expectSavings = ({ knobs }: Advice, before: MethodAnswer): void => {
  for (const { knob, trial, savedBytes } of knobs) {
    // Other cards save nothing: they have more.
    if (groupOf(knob) !== "hardware") expect(savedBytes).toBeGreaterThan(0);
    expect(savedBytes).toBe(takenBy(before) - takenBy(opened(trial.choices)));
  }
};

const expectSmallest = ({ knobs, smallestSet }: Advice): void => {
  if (smallestSet === null) return;
  expect(goes(opened(smallestSet.trial.choices))).toBe(true);
  if (smallestSet.knobs.length < 2) return;
  // No change of a cheaper group alone would have done.
  const dearest = Math.max(...smallestSet.knobs.map((knob) => PRICE_GROUPS.indexOf(groupOf(knob))));
  const alone = knobs
    .filter(({ knob, trial }) => knob.subject !== "library" && isWayOut(trial.card))
    .map(({ knob }) => PRICE_GROUPS.indexOf(groupOf(knob)));
  expect(Math.min(...alone, Infinity)).toBeGreaterThanOrEqual(dearest);
};

const TITLE =
  "every saving is the difference of two engine runs, every set makes it fit, every largest is one before too large";

tried(TITLE, { quick: 12, thorough: 40 }, (runs) => {
  /** How many changes were needed: the scenarios must not all be easy, nor all hopeless. */
  const needed = { none: 0, one: 0, several: 0, hopeless: 0 };
  fc.assert(
    fc.property(arbitraryTraining, (choices) => {
      const { value } = decodeLink(encodeLink(choices), FULL_CATALOG);
      const before = opened(value);
      // Beyond 2^53 sums depend on their order.
      fc.pre(Number.isSafeInteger(before.estimate.peakBytes));
      const advice = runThrough(advise(value, FULL_CATALOG));
      expect(advice.start.peakBytes).toBe(before.estimate.peakBytes);
      expectSavings(advice, before);
      expectSmallest(advice);
      for (const id of INVERSE_IDS) expectLargest(advice, id);
      const size = advice.smallestSet?.knobs.length;
      needed[size === undefined ? "hopeless" : ((["none", "one"] as const)[size] ?? "several")] += 1;
    }),
    runs,
  );
  expect(Math.min(...Object.values(needed))).toBeGreaterThan(runs.numRuns / 40);
});
