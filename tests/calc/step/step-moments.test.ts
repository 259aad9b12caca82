import { describe, expect, test } from "vitest";
import { CUDA } from "#calc/base/machine.ts";
import type { MomentOf } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { holdingsOf, stepInputOf } from "#calc/step/gpu-holdings.ts";
import { type TermAmounts, totalBytesOf } from "#calc/step/holdings.ts";
import { stepMoments } from "#calc/step/estimate-step.ts";
import { readRows } from "../../golden/read-rows.ts";
import { evaluateFormula } from "../evaluate-formula.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { type ReferenceRow, scenarioOf } from "./reference-row.ts";
import { WORKINGS } from "../workings.ts";

type Run = Readonly<Record<"forward" | "backward", MomentOf<TermAmounts>>>;

const momentsOf = (asked: Scenario): Run => {
  const input = stepInputOf(WORKINGS, asked, CUDA);
  const moments = new Map(
    stepMoments(WORKINGS, input, holdingsOf(WORKINGS, input)).map((moment) => [moment.id, moment]),
  );
  const [forward, backward] = [moments.get("forward"), moments.get("backward")];
  if (forward === undefined || backward === undefined) throw new Error("a step runs forward and backward");
  return { forward, backward };
};

const ROWS = readRows<ReferenceRow>("reference-memory.jsonl");

describe("Forward and backward from the tape, with what stands through the step", () => {
  test.each(ROWS.slice(0, 40))("$id: each term's formula gives its bytes, blocks apart", (row) => {
    const { backward } = momentsOf(scenarioOf(row));
    for (const [id, { bytes, formula }] of Object.entries(backward.peak)) {
      const value = bytes === 0 ? 0 : evaluateFormula(formula);
      expect(Math.abs(value - bytes), id).toBeLessThanOrEqual(Math.max(1024 * 1024, bytes * 1e-3));
    }
  });

  test.each([
    ["4.46", { kind: "full", transformers: "4.46", outputsKept: false }],
    ["4.45", { kind: "full", transformers: "4.45", outputsKept: true }],
    ["in place", { kind: "inplace" }],
    ["in chunks", { kind: "chunked", chunks: 8 }],
    ["Liger's", { kind: "fused", kernel: "liger" }],
    ["TRL's", { kind: "fused", kernel: "trl" }],
  ] as const)("the loss %s has its logits at the loss's moment, and leaves none behind", (_, loss) => {
    const { forward, backward } = momentsOf(
      scenario({ method: loraMethod(), loss, micro_batch_size: 4, sequence_length: 4096 }),
    );
    expect(forward.peak.logits.bytes + backward.peak.logits.bytes).toBeGreaterThan(0);
    expect(backward.live.logits.bytes).toBe(0);
  });

  test("a loss that never has all logits takes less than one that has", () => {
    const peak = (loss: Scenario["loss"]): number =>
      totalBytesOf(
        momentsOf(scenario({ method: loraMethod(), loss, micro_batch_size: 4, sequence_length: 4096 })).backward.peak,
      );
    const whole = peak({ kind: "full", transformers: "5", outputsKept: false });
    expect(peak({ kind: "fused", kernel: "liger" })).toBeLessThan(whole);
    expect(peak({ kind: "fused", kernel: "trl" })).toBeLessThan(whole);
    expect(peak({ kind: "chunked", chunks: 8 })).toBeLessThan(whole);
  });

  test("checkpoints in host memory are not on the card between forward and backward", () => {
    const live = (checkpointsOffloaded: boolean): number =>
      momentsOf(scenario({ checkpointsOffloaded, sequence_length: 8192 })).forward.live.activations.bytes;
    expect(live(true)).toBeLessThan(live(false));
  });

  test("sharded gradients are a share of whole ones", () => {
    const gradients = (sharding: Scenario["sharding"]): number =>
      momentsOf(scenario({ sharding, gpus: 4 })).backward.live.gradients.bytes;
    expect(gradients("zero2")).toBe(Math.ceil(gradients("ddp") / 4));
  });
});
