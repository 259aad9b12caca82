import { expect, test } from "vitest";
import { takesLess, type Trial, evaluateTrial } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

const trialOf = (keys: string): Trial => evaluateTrial(decodeLink(`?v=1&${keys}`, FULL_CATALOG).value, FULL_CATALOG);

/** The evaluation is above the step. */
const EVALUATING = "eval=8";

test("a step takes less where its peak is less", () => {
  expect(takesLess(trialOf("loss=fused"), trialOf(""))).toBe(true);
  expect(takesLess(trialOf(""), trialOf("loss=fused"))).toBe(false);
  expect(takesLess(trialOf(""), trialOf(""))).toBe(false);
});

test("a run takes less where its worst moment does, whatever the step takes", () => {
  expect(takesLess(trialOf("eval=4"), trialOf(EVALUATING))).toBe(true);
  expect(takesLess(trialOf("eval=4&batch=2"), trialOf(EVALUATING))).toBe(true);
  expect(takesLess(trialOf(EVALUATING), trialOf("eval=4&batch=2"))).toBe(false);
});

test("where the worst moment stays, the next one decides", () => {
  const [one, other] = [trialOf(`${EVALUATING}&ckpt=0`), trialOf(EVALUATING)];
  expect(one.run?.().peakMoment).toBe("evaluate");
  expect(one.run?.().peakBytes).toBe(other.run?.().peakBytes);
  expect(takesLess(other, one)).toBe(true);
  expect(takesLess(one, other)).toBe(false);
});

test("a moment that is no longer there takes nothing", () => {
  expect(takesLess(trialOf("eval=8"), trialOf("eval=8&merge=1"))).toBe(true);
  expect(takesLess(trialOf("eval=8&merge=1"), trialOf("eval=8"))).toBe(false);
});
