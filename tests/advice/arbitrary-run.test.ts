import fc from "fast-check";
import { advise } from "#advice/advise.ts";
import { INVERSE_IDS } from "#advice/largest-setting.ts";
import { runToEnd } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { tried } from "../tried.ts";
import { arbitraryRun } from "./arbitrary-training.ts";
import { expectLargest, expectSavings, expectSmallest, opened } from "./expect-advice.ts";

tried("what advice promises of a step holds of whole runs", { quick: 4, thorough: 20 }, (runs) =>
  fc.assert(
    fc.property(arbitraryRun, (choices) => {
      const { value } = decodeLink(encodeLink(choices), FULL_CATALOG);
      const before = opened(value);
      // Beyond 2^53 sums depend on their order.
      fc.pre(Number.isSafeInteger(before.estimate.peakBytes));
      const advice = runToEnd(advise(value, FULL_CATALOG));
      expectSavings(advice, before);
      expectSmallest(advice);
      for (const id of INVERSE_IDS) expectLargest(advice, id);
    }),
    runs,
  ),
);
