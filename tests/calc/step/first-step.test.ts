import { expect, test } from "vitest";
import { bytes } from "#calc/base/quantity.ts";
import type { Moment, MomentId } from "#calc/model/memory-estimate.ts";
import { perTerm } from "#calc/model/term.ts";
import { firstStep } from "#calc/step/first-step.ts";

const momentOf = (id: MomentId): Moment => ({
  id,
  liveBytes: bytes(100),
  peakBytes: bytes(150),
  terms: { ...perTerm(() => bytes(5)), optimizer: bytes(40) },
});

test.each(["forward", "backward"] as const)("In the first step %s runs without the optimizer's states", (id) => {
  const moment = momentOf(id);
  const terms = { ...moment.terms, optimizer: 0 };
  expect(firstStep([moment])).toEqual([{ ...moment, liveBytes: 60, peakBytes: 110, terms }]);
});

test("The model is loaded before them anyway, and the optimizer's step makes them", () => {
  const moments = (["load", "step", "zero"] as const).map(momentOf);
  expect(firstStep(moments)).toEqual(moments);
});
