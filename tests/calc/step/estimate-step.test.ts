import { estimated, type MomentOf } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { FAKE_TENSORS, CUDA } from "#calc/base/machine.ts";
import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import { qloraMethod, scenario, loraMethod } from "../scenario.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { scenarioOf, type ReferenceRow } from "./reference-row.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { holdingsOf, stepInputOf } from "#calc/step/gpu-holdings.ts";
import { type TermAmounts, totalBytesOf } from "#calc/step/holdings.ts";
import { stepMoments } from "#calc/step/estimate-step.ts";
import { readRows } from "../../golden/read-rows.ts";
import { evaluateFormula } from "../evaluate-formula.ts";
import { WORKINGS } from "../workings.ts";

const ROWS = ["offloading", "padded"]
  .flatMap((name) => readReferenceRows(`tests/golden/${name}-reference-memory.jsonl`).memory)
  .filter(({ activation_offloading }) => activation_offloading);

/** Adapters of fused experts outside of checkpoints: which of their copies go is not known to the last one. */
const hasAdaptedExperts = ({ model, method }: (typeof ROWS)[number]): boolean =>
  method !== "full" && /mixtral|a3b/.test(model);

describe("Activations in host memory, held against hooks on saved tensors", () => {
  test.each(ROWS)("$id ($model, $method): the most that the host has at once, to a block", (row) => {
    const { hostBytes } = estimated(ENGINE.estimate(scenarioOf(row), FAKE_TENSORS));
    const expected = row.expected.host_peak_bytes ?? 0;
    const tolerance = hasAdaptedExperts(row) ? 0.02 * expected : BLOCK_BYTES;
    expect(Math.abs(hostBytes - expected)).toBeLessThanOrEqual(tolerance);
  });
});

describe("Unsloth's checkpoints", () => {
  const run = scenario({
    modelling: "unsloth",
    method: qloraMethod(),
    attn_implementation: "flash",
    checkpointsOffloaded: true,
    micro_batch_size: 2,
    sequence_length: 4096,
  });

  test("are the inputs of all layers, in 16 bits", () => {
    const { hidden_size, num_hidden_layers } = LLAMA_2_7B;
    expect(estimated(ENGINE.estimate(run)).hostBytes).toBe(2 * 4096 * hidden_size * 2 * num_hidden_layers);
  });

  test("without checkpointing there are none", () => {
    expect(estimated(ENGINE.estimate({ ...run, gradient_checkpointing: false })).hostBytes).toBe(0);
  });
});

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

const STEP_MOMENTS_ROWS = readRows<ReferenceRow>("reference-memory.jsonl");

describe("Forward and backward from the tape, with what stands through the step", () => {
  test.each(STEP_MOMENTS_ROWS.slice(0, 40))("$id: each term's formula gives its bytes, blocks apart", (row) => {
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
