import fc from "fast-check";
import { expect, test } from "vitest";
import { advise, type Most, largestTerm } from "#advice/advise.ts";
import { INVERSE_IDS } from "#advice/largest-setting.ts";
import { runToEnd, evaluateTrial } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { tried } from "../tried.ts";
import { arbitraryTraining } from "./arbitrary-training.ts";
import { expectLargest, expectSavings, expectSmallest, opened } from "./expect-advice.ts";
import { aliveSubject } from "#advice/top-change.ts";

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
      const advice = runToEnd(advise(value, FULL_CATALOG));
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

const mostAt = (keys: string): Most | null =>
  largestTerm(evaluateTrial(decodeLink(`?v=1&${keys}`, FULL_CATALOG).value, FULL_CATALOG));

test.each([
  ["batch=4&seq=4096", "step", "logits"],
  ["eval=8", "evaluate", "logits"],
  ["eval=8&evalkeep=logits&evalbatches=20", "evaluate", "kept outputs"],
  ["model=qwen3-30b-a3b&gpu=h100-sxm&saving=full", "save", "weights"],
])("of %s, in %s, are %s", (keys, moment, name) => expect(mostAt(keys)).toMatchObject({ moment, name }));

test("are nothing where it fits", () => {
  expect(mostAt("")).toBeNull();
  expect(mostAt("eval=1&evalseq=128")).toBeNull();
});

test.each([
  ["logits", "Logits and loss are"],
  ["weights", "Base weights are"],
  ["optimizer", "The optimizer is"],
  ["kept outputs", "Outputs that are kept are"],
  ["whole parameters", "Whole parameters are"],
  ["constructor", "Constructor are"],
])("%s begins a sentence: %s", (name, subject) => expect(aliveSubject(name)).toBe(subject));
