import { stepTimeline, stepFrame } from "#calc/step/step-timeline.ts";
import { describe, expect, test } from "vitest";
import type { Moment, MomentId } from "#calc/model/memory-estimate.ts";
import { ALLOCATED_TERM_IDS } from "#calc/model/terms.ts";
import { peakOf, type TimelinePoint } from "#calc/model/timeline.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { explained } from "./explained.ts";
import { EXPLAINED } from "./explained-scenarios.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { firstStep } from "./first-step.ts";
import type { ReferenceMoment } from "../../../tools/terminal/reference-row.ts";
import { expectEstimate } from "./expect-estimate.ts";
import { ROWS_MADE_WITH, ROWS_UNSEEN } from "./reference-files.ts";
import { scenarioOf } from "./reference-row.ts";
import type { Division } from "#calc/model/scenario.ts";

const highestIn = (points: readonly TimelinePoint[], phase: TimelinePoint["phase"]): TimelinePoint =>
  peakOf(points.filter((point) => point.phase === phase));

describe.each(EXPLAINED)("The timeline of %s", (_, asked) => {
  const step = explained(asked);
  const points = stepTimeline(step);
  const momentOf = (id: MomentId): Moment => {
    const moment = step.estimate.moments.find((each) => each.id === id);
    if (moment === undefined) throw new Error(`an estimate has the moment ${id}`);
    return moment;
  };

  test("is as high in forward and in backward as those moments are, term by term", () => {
    for (const id of ["forward", "backward"] as const) {
      const { terms, bytes } = highestIn(points, id);
      expect(bytes).toBe(momentOf(id).peakBytes);
      expect(terms).toEqual(momentOf(id).terms);
    }
  });

  test("leaves forward and backward as those moments are left", () => {
    for (const id of ["forward", "backward"] as const) {
      const end = points.findLast((point) => point.phase === id)?.bytes ?? 0;
      const live = momentOf(id).liveBytes;
      if (id === "backward" && step.options.stage === undefined) expect(end).toBe(live);
      // Autocast lets go of its copies after the last point of forward; what waits for later stages of a pipeline, before the optimizer's step.
      else expect(end).toBeGreaterThanOrEqual(live);
    }
  });

  test("has the optimizer's step and zero_grad as the answer has them", () => {
    for (const id of ["step", "zero"] as const)
      expect(points.find(({ phase }) => phase === id)?.bytes).toBeLessThanOrEqual(momentOf(id).peakBytes);
    expect(highestIn(points, "step").bytes).toBe(momentOf("step").peakBytes);
    expect(points.at(-1)?.terms.gradients).toBe(0);
  });

  test("has terms that sum to the bytes of every point, none of them negative", () => {
    for (const { terms, bytes } of points) {
      expect(ALLOCATED_TERM_IDS.reduce((total, id) => total + terms[id], 0)).toBe(bytes);
      for (const id of ALLOCATED_TERM_IDS) expect(terms[id]).toBeGreaterThanOrEqual(0);
    }
  });

  test("runs every layer forward in order, once for each model, then backward in the opposite order", () => {
    const ends = points.filter(({ at }) => at === "end");
    const all = Array.from({ length: step.compiled.program.layers + 2 }, (__, index) => index - 1);
    const forward = ends.filter(({ phase }) => phase === "forward");
    const passes = [...new Set(forward.map(({ pass }) => pass))];
    const layersOf = passes.map((ran) => forward.filter(({ pass }) => pass === ran).map(({ layer }) => layer));
    // Parts of TRL 0.24's forward have no embeddings, or nothing after the layers; a teacher's layers are not the model's.
    for (const layers of layersOf) expect(layers).toEqual(all.filter((layer) => layers.includes(layer)));
    expect(layersOf).toContainEqual(all);
    const back = ends.filter(({ phase }) => phase === "backward").map(({ layer }) => layer);
    expect(back).toEqual(back.toSorted((one, other) => other - one));
    expect(all.slice(1)).toEqual(back.filter((layer) => layer >= 0).toReversed());
  });
});

test("no layer ends higher than it was at its highest", () => {
  for (const [, asked] of EXPLAINED) {
    const points = stepTimeline(explained(asked));
    points.forEach((point, index) => {
      const next = points[index + 1];
      if (point.at === "highest" && next !== undefined) expect(next.bytes).toBeLessThanOrEqual(point.bytes);
    });
  }
});

test("the end of a layer lies before all that the next one does", () => {
  const ends = stepTimeline(explained(scenario())).filter(({ at, onTape }) => at === "end" && onTape !== null);
  expect(new Set(ends.map(({ onTape }) => onTape?.entries))).toEqual(new Set([0]));
  expect(ends.map(({ onTape }) => onTape?.runs)).toEqual(ends.map((_, index) => index));
});

test("the flat accounting has no step to draw", () => {
  expect(() => explained(scenario({ accounting: "bytes-per-parameter" }))).toThrow();
});

test("with checkpointing the layers' forward leaves one input a layer, without it all that backward needs", () => {
  const growth = (gradient_checkpointing: boolean): number => {
    const points = stepTimeline(
      explained(
        scenario({ architecture: LLAMA_2_7B, method: loraMethod({ adapters: "bf16" }), gradient_checkpointing }),
      ),
    );
    const end = (layer: number): number =>
      points.find((point) => point.phase === "forward" && point.layer === layer && point.at === "end")?.bytes ?? 0;
    return end(20) - end(19);
  };
  expect(growth(true)).toBe(1024 * 4096 * 2);
  expect(growth(false)).toBeGreaterThan(20 * growth(true));
});

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

const SMALL = scenario({ architecture: { ...LLAMA_2_7B, num_hidden_layers: 4 } });

test("The points of a step are those of its last micro batch", () => {
  expect(stepFrame(explained({ ...SMALL, gradient_accumulation_steps: 8 }))).toEqual({ layers: 4, microBatch: "last" });
});

test("Where all micro batches of a stage wait for their backward, the points are those of the first, of the stage's layers", () => {
  const division: Division = {
    tp_size: 1,
    sequence_parallel: false,
    cp_size: 1,
    pp_size: 2,
    stage: 0,
    state: "filled",
  };
  const filled = { ...SMALL, gpus: 2, division, gradient_accumulation_steps: 2 };
  expect(stepFrame(explained(filled))).toEqual({ layers: 2, microBatch: "first" });
});
