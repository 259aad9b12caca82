import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Division, Scenario } from "#calc/model/scenario.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { scenario } from "../scenario.ts";
import { tried } from "../../tried.ts";
import { arbitraryScenario } from "./arbitrary-scenario.ts";

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

const SMALL = { ...LLAMA_2_7B, num_hidden_layers: 4 };
const STAGES: Division = { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 2 };
const SHORT = scenario({ architecture: SMALL, optim: "adamw_torch", micro_batch_size: 1, sequence_length: 64 });

const ROWS: readonly (readonly [what: string, scenario: Scenario])[] = [
  ["the step of for-each AdamW, which makes copies of gradients", SHORT],
  ["backward", { ...SHORT, sequence_length: 4096 }],
  ["the last stage of a pipeline, for its logits", { ...SHORT, gpus: 2, division: STAGES, sequence_length: 4096 }],
  [
    "the last state of a stage, in which the optimizer steps",
    { ...SHORT, gpus: 2, division: { ...STAGES, stage: 0 }, gradient_accumulation_steps: 2 },
  ],
];

test.each(ROWS)("The peak at a batch and a length is that of %s, where the estimate has it there", (_, asked) => {
  expect(ENGINE.peakFunction(asked)(asked)).toBe(estimated(ENGINE.estimate(asked)).peakBytes);
});
