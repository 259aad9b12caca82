import { expect } from "vitest";
import type { Advice } from "#advice/advise.ts";
import { type InverseId, INVERSE_RANGES, withLargest } from "#advice/largest-setting.ts";
import { runToEnd } from "#advice/trial.ts";
import { topChange, topChangeFacts } from "#advice/top-change.ts";
import { PRICE_GROUPS } from "#advice/prices.ts";
import { groupOf } from "#advice/knob-search.ts";
import { runsOnCard } from "#calc/card/usable-memory.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { fitOf, type MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";

/** The engine's word on a link, on a way of its own: what a reader who opens it gets for its method in focus. */
export const opened = (choices: Choices): MethodAnswer => {
  const { value, issues } = decodeLink(encodeLink(choices), FULL_CATALOG);
  expect(issues.filter(({ key }) => !["only", "hide", "lock"].includes(key))).toEqual([]);
  const answer = toAnswer({ ...value, show: [value.method] }, FULL_CATALOG).methods[0];
  if (answer === undefined) throw new Error("A method is shown.");
  return answer;
};

/** What a method takes in the worst of the moments that are known. */
const takenBy = ({ estimate, run }: MethodAnswer): number =>
  Math.max(
    estimate.onCardBytes,
    ...(run?.moments ?? []).filter(({ fit }) => fit !== "not-known").map(({ onCardBytes }) => onCardBytes),
  );

/** Whether all of a method's run goes on the card. */
const goes = (answer: MethodAnswer): boolean => runsOnCard({ fit: fitOf(answer) });

/** n fits or is tight and n + 1 does not, or the control ends there. */
export const expectLargest = ({ start, inverse }: Advice, id: InverseId): void => {
  const { value, capped } = inverse[id];
  const at = (n: number): MethodAnswer => opened(withLargest({ id, value: n }, start.choices, FULL_CATALOG));
  const isWithin = (n: number): boolean => goes(at(n));
  const { min, max } = INVERSE_RANGES[id];
  if (value === null) expect({ id, least: isWithin(min) }).toEqual({ id, least: false });
  else if (capped) expect({ id, value, within: isWithin(max) }).toEqual({ id, value: max, within: true });
  else
    expect({ id, within: isWithin(value), next: isWithin(value + 1) }).toEqual({
      id,
      within: true,
      next: false,
    });
};

/** Every saving is the difference of two runs of the engine. */
export const expectSavings = ({ knobs }: Advice, before: MethodAnswer): void => {
  for (const { knob, trial, savedBytes } of knobs) {
    // Other cards save nothing: they have more.
    if (groupOf(knob) !== "hardware") expect(savedBytes).toBeGreaterThan(0);
    expect(savedBytes).toBe(takenBy(before) - takenBy(opened(trial.choices)));
  }
};

/** The set makes it fit, no change of a cheaper group alone would have done, and the one sentence that is found by itself says the same. */
export const expectSmallest = (advice: Advice): void => {
  const { start, knobs, smallestSet, inverse } = advice;
  const { maxBatch, maxSequence } = inverse;
  const quick = { ...advice, inverse: { maxBatch, maxSequence } };
  expect(topChange(runToEnd(topChangeFacts(start.choices, FULL_CATALOG)))).toEqual(topChange(quick));
  if (smallestSet === null) return;
  expect(goes(opened(smallestSet.trial.choices))).toBe(true);
  if (smallestSet.knobs.length < 2) return;
  const dearest = Math.max(...smallestSet.knobs.map((knob) => PRICE_GROUPS.indexOf(groupOf(knob))));
  const alone = knobs
    .filter(({ knob, trial }) => knob.subject !== "library" && runsOnCard(trial.card))
    .map(({ knob }) => PRICE_GROUPS.indexOf(groupOf(knob)));
  expect(Math.min(...alone, Infinity)).toBeGreaterThanOrEqual(dearest);
};
