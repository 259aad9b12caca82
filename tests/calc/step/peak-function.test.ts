import { estimated } from "#calc/model/estimated.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { expect } from "vitest";
import { arbitraryScenario } from "./arbitrary-scenario.ts";
import { tried } from "../../tried.ts";

const point = fc.record({
  micro_batch_size: fc.integer({ min: 1, max: 64 }),
  sequence_length: fc.integer({ min: 1, max: 65_536 }),
});

tried(
  "the peak at another batch and length is that of the estimate, to the byte",
  { quick: 15, thorough: 200 },
  (runs) => {
    fc.assert(
      fc.property(arbitraryScenario, fc.array(point, { minLength: 1, maxLength: 4 }), (scenario, points) => {
        const peakAt = ENGINE.peakFunction(scenario);
        for (const each of points) {
          const { peakBytes } = estimated(ENGINE.estimate({ ...scenario, ...each }));
          // A gradient divided over ranks is a fraction of bytes, whose last digit depends on the order of summing.
          expect(Math.abs(peakAt(each) - peakBytes)).toBeLessThanOrEqual(scenario.gpus > 1 ? 1 : 0);
        }
      }),
      runs,
    );
  },
);
