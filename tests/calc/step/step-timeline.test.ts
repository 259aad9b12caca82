import { stepTimeline } from "#calc/step/step-timeline.ts";
import { describe, expect, test } from "vitest";
import type { Moment, MomentId } from "#calc/model/memory-estimate.ts";
import { ALLOCATED_TERM_IDS } from "#calc/model/terms.ts";
import { peakOf, type TimelinePoint } from "#calc/model/timeline.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { explained } from "./explained.ts";
import { EXPLAINED } from "./explained-scenarios.ts";

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
