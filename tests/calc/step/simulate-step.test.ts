import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { firstStep } from "#calc/step/first-step.ts";
import { readRows } from "../../golden/read-rows.ts";
import { type ReferenceRow, scenarioOf } from "./reference-row.ts";

type ReferenceMoment = Readonly<{ moment: string; live_bytes: number; peak_bytes: number }>;
type UnseenRow = ReferenceRow &
  Readonly<{
    expected: Readonly<{
      static_bytes: number;
      step: readonly ReferenceMoment[];
      first_step?: readonly ReferenceMoment[];
    }>;
  }>;

const UNSEEN = ["unseen", "own", "sparse", "older", "hybrid", "drawn"].flatMap((name) =>
  readRows<UnseenRow>(`${name}-reference-memory.jsonl`),
);
const KNOWN = ["reference-memory.jsonl", "more-reference-memory.jsonl"].flatMap((file) => readRows<ReferenceRow>(file));

describe("The step on paper equals PyTorch on fake tensors, to the byte", () => {
  test.each(KNOWN)("$id ($model, $method): loaded bytes and every moment of the last micro step", (row) => {
    const moments = ENGINE.simulate(scenarioOf(row), FAKE_TENSORS);
    const last = (id: string): readonly number[] => {
      const moment = moments.findLast((each) => each.id === id);
      return [moment?.liveBytes ?? 0, moment?.peakBytes ?? 0];
    };
    expect(moments[0]?.liveBytes).toBe(row.staticBytes);
    for (const [id, bytes] of Object.entries(row.step)) expect(last(id), id).toEqual(bytes);
  });

  test.each(UNSEEN)("$id ($model, $method), which it was not made with: every moment of every micro step", (row) => {
    const [load, ...moments] = ENGINE.simulate(scenarioOf(row), FAKE_TENSORS);
    expect(load?.liveBytes).toBe(row.expected.static_bytes);
    const simulated = moments.map(({ id, liveBytes, peakBytes }): ReferenceMoment => ({
      moment: id,
      live_bytes: liveBytes,
      peak_bytes: peakBytes,
    }));
    expect(simulated).toEqual(row.expected.step);
  });
});

describe("What a moment holds", () => {
  test.each(UNSEEN.slice(0, 40))("$id: its terms sum to its highest bytes", (row) => {
    for (const { id, peakBytes, terms } of ENGINE.simulate(scenarioOf(row)))
      expect(
        Object.values(terms).reduce((total, term) => total + term, 0),
        id,
      ).toBe(peakBytes);
  });

  test("DeepSeek-MoE, which no reference runs: when backward ends, every expert has its gradient", () => {
    const [row] = UNSEEN.filter(({ method, weight_dtype }) => method === "full" && weight_dtype === "bfloat16");
    if (row === undefined) throw new Error("the golden rows have such a run");
    const step = ENGINE.simulate(scenarioOf({ ...row, model: "deepseek-moe-16b", num_hidden_layers: 3 }));
    const { weights = 0, gradients = 0 } = step.find(({ id }) => id === "step")?.terms ?? {};
    const frequencies = 2 * 512;
    expect(gradients).toBe(weights - frequencies);
  });

  test("real GPUs add gradients in place where fake tensors do not: a tied fp32 model under autocast ends lower", () => {
    const row = KNOWN.find(
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

describe("The first step", () => {
  const rows = UNSEEN.filter(({ expected }) => expected.first_step !== undefined);

  test.each(rows)(
    "$id ($model, $method): every moment equals PyTorch's, without states until the optimizer's step",
    (row) => {
      const [, ...moments] = firstStep(ENGINE.simulate(scenarioOf(row), FAKE_TENSORS));
      expect(
        moments.map(({ id, liveBytes, peakBytes }) => ({ moment: id, live_bytes: liveBytes, peak_bytes: peakBytes })),
      ).toEqual(row.expected.first_step);
    },
  );

  test("has rows of every method, with and without accumulation", () => {
    expect(new Set(rows.map(({ method }) => method)).size).toBe(3);
    expect(new Set(rows.map((row) => row.gradient_accumulation_steps))).toEqual(new Set([1, 2]));
  });
});
