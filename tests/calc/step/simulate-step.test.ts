import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { firstStep } from "./first-step.ts";
import type { Moment } from "#calc/model/memory-estimate.ts";
import type { ReferenceMoment } from "../../../tools/terminal/reference-row.ts";
import { expectEstimate } from "./expect-estimate.ts";
import { ROWS_MADE_WITH, ROWS_UNSEEN } from "./reference-files.ts";
import { scenarioOf } from "./reference-row.ts";

/** The moments of a step, as rows have them. */
const asRows = (moments: readonly Moment[]): readonly ReferenceMoment[] =>
  moments.map(({ id, liveBytes, peakBytes }) => ({ moment: id, live_bytes: liveBytes, peak_bytes: peakBytes }));

const ESTIMATE = "the estimate has the same loaded bytes and moments of the last micro step";

// One `describe` for each row: its tests ask about one step, which is compiled once.
describe.each(ROWS_MADE_WITH)("$id ($model, $method) on paper, to the byte as PyTorch on fake tensors", (row) => {
  const asked = scenarioOf(row);

  test("loaded bytes and every moment of the last micro step", () => {
    const moments = ENGINE.simulate(asked, FAKE_TENSORS);
    expect(moments[0]?.liveBytes).toBe(row.expected.static_bytes);
    for (const expected of row.expected.step) {
      const last = moments.filter(({ id }) => id === expected.moment).slice(-1);
      expect(asRows(last), expected.moment).toEqual([expected]);
    }
  });

  test(ESTIMATE, () => expectEstimate(row, asked));
});

describe.each(ROWS_UNSEEN)("$id ($model, $method), which the step on paper was not made with", (row) => {
  const asked = scenarioOf(row);
  const { static_bytes, step, first_step } = row.expected;

  test("every moment of every micro step", () => {
    const [load, ...moments] = ENGINE.simulate(asked, FAKE_TENSORS);
    expect(load?.liveBytes).toBe(static_bytes);
    expect(asRows(moments)).toEqual(step);
  });

  test(ESTIMATE, () => expectEstimate(row, asked));

  if (first_step !== undefined)
    test("the first step: every moment, without states until the optimizer's step", () => {
      const [, ...moments] = firstStep(ENGINE.simulate(asked, FAKE_TENSORS));
      expect(asRows(moments)).toEqual(first_step);
    });
});

test("rows of the first step are of every method, with and without accumulation", () => {
  const rows = ROWS_UNSEEN.filter(({ expected }) => expected.first_step !== undefined);
  expect(new Set(rows.map(({ method }) => method)).size).toBe(3);
  expect(new Set(rows.map((row) => row.gradient_accumulation_steps))).toEqual(new Set([1, 2]));
});

describe("What a moment holds", () => {
  test.each(ROWS_UNSEEN.slice(0, 40))("$id: its terms sum to its highest bytes", (row) => {
    for (const { id, peakBytes, terms } of ENGINE.simulate(scenarioOf(row)))
      expect(
        Object.values(terms).reduce((total, term) => total + term, 0),
        id,
      ).toBe(peakBytes);
  });

  test("DeepSeek-MoE, which no reference runs: when backward ends, every expert has its gradient", () => {
    const [row] = ROWS_UNSEEN.filter(({ method, weight_dtype }) => method === "full" && weight_dtype === "bfloat16");
    if (row === undefined) throw new Error("the golden rows have such a run");
    const step = ENGINE.simulate(scenarioOf({ ...row, model: "deepseek-moe-16b", num_hidden_layers: 3 }));
    const { weights = 0, gradients = 0 } = step.find(({ id }) => id === "step")?.terms ?? {};
    const frequencies = 2 * 512;
    expect(gradients).toBe(weights - frequencies);
  });

  test("real GPUs add gradients in place where fake tensors do not: a tied fp32 model under autocast ends lower", () => {
    const row = ROWS_MADE_WITH.find(
      ({ model, weight_dtype, autocast_bf16, method }) =>
        model === "qwen3-4b" && method === "full" && weight_dtype === "bfloat16" && autocast_bf16,
    );
    if (row === undefined) throw new Error("the golden rows have such a model");
    const tied = scenarioOf({
      ...row,
      weight_dtype: "float32",
      gradient_accumulation_steps: 1,
      micro_batch_size: 1,
      sequence_length: 64,
    });
    const backward = (fake: boolean): number =>
      ENGINE.simulate(tied, fake ? FAKE_TENSORS : undefined).find(({ id }) => id === "backward")?.terms.gradients ?? 0;
    const { vocab_size, hidden_size } = tied.architecture;
    expect(backward(true)).toBeGreaterThan(backward(false));
    expect(backward(false)).toBeGreaterThan(2 * vocab_size * hidden_size * 4);
  });
});
