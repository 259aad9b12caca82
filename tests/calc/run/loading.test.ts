import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { NF4, qloraMethod, scenario } from "../scenario.ts";
import { aliveAt, askedRun, momentOf } from "./asked-run.ts";

const architectureOf = (id: string): Architecture => {
  const found = FULL_CATALOG.models[id]?.architecture;
  if (found === undefined) throw new Error(`the catalog has ${id}`);
  return found;
};

const GIB = 2 ** 30;
const QWEN = architectureOf("qwen3-30b-a3b");
const DEVICE = { loading: "device" } as const;

/** Gates and ups of one layer of Qwen3-30B-A3B, in 16 bits. */
const GATE_UP = 128 * 2 * 768 * 2048 * 2;

describe("loading", () => {
  test("is not there unless it is asked for", () => {
    expect(askedRun(scenario(), {})).not.toHaveProperty("loading");
  });

  test("of a dense model takes what stays, whatever is read first", () => {
    const { liveBytes, peakBytes, alive, basis } = momentOf(scenario(), "loading", DEVICE);
    expect(peakBytes).toBe(liveBytes);
    expect(alive.map(({ name }) => name)).toEqual(["weights", "buffers"]);
    expect(basis).toBe("run");
  });

  test.each(["zero3", "fsdp1", "fsdp2"] as const)(
    "of parameters without bytes, in shards of %s, is finite",
    (sharding) => {
      const of = scenario({ weights: 0, gpus: 2, sharding });
      const { liveBytes, peakBytes } = momentOf(of, "loading", DEVICE);
      expect(liveBytes).toBeGreaterThanOrEqual(0);
      expect(peakBytes).toBeGreaterThanOrEqual(liveBytes);
    },
  );

  test("stacks experts beside twice the largest: stacks of gates and ups, and both as one", () => {
    const { liveBytes, peakBytes, alive } = momentOf(scenario({ architecture: QWEN }), "loading", DEVICE);
    expect(liveBytes / GIB).toBeCloseTo(56.87, 2);
    // What comes after the last layer's experts is a router, attention and norms.
    expect(peakBytes - liveBytes).toBeGreaterThan(0.95 * GATE_UP);
    expect(peakBytes - liveBytes).toBeLessThan(GATE_UP);
    expect(aliveAt({ alive } as never)["stacks of experts"]).toBe(GATE_UP);
  });

  test("leaves experts as they are where the checkpoint or the code does", () => {
    const gptOss = scenario({ architecture: { ...architectureOf("gpt-oss-20b"), num_hidden_layers: 2 } });
    const older = scenario({ architecture: { ...QWEN, num_hidden_layers: 2 }, modelling: "torchtune" });
    for (const each of [gptOss, older]) {
      const { liveBytes, peakBytes } = momentOf(each, "loading", DEVICE);
      expect(peakBytes).toBe(liveBytes);
    }
  });

  test("in 4 bits has one matrix in 16 bits, and what it is packed to: nothing near the 16-bit model", () => {
    const { liveBytes, peakBytes, alive } = momentOf(scenario({ method: qloraMethod() }), "loading", DEVICE);
    const largest = 11008 * 4096;
    expect(aliveAt({ alive } as never)["matrix before it is quantised"]).toBe(2 * largest);
    expect(peakBytes - liveBytes).toBeLessThan(2.2 * largest);
    expect(peakBytes).toBeLessThan(0.3 * momentOf(scenario(), "loading", DEVICE).peakBytes);
  });

  test("in 8 bits has the matrix twice in 16 bits, and once in 8", () => {
    const method = qloraMethod({ quantization: { kind: "bnb-8bit" } });
    const alive = aliveAt(momentOf(scenario({ method }), "loading", DEVICE));
    const largest = 11008 * 4096;
    expect([alive["matrix before it is quantised"], alive["matrix in fp16"]]).toEqual([2 * largest, 2 * largest]);
  });

  test("says the warm-up block apart: what a matrix will take, without statistics; none where weights are made on the host", () => {
    const method = qloraMethod({ quantization: NF4 });
    const full = momentOf(scenario(), "loading", DEVICE);
    const packed = momentOf(scenario({ method }), "loading", DEVICE);
    expect(full.warmUpBytes).toBe(6_738_415_616 * 2);
    const linears = 32 * (4 * 4096 ** 2 + 3 * 4096 * 11008);
    expect(packed.warmUpBytes).toBe((6_738_415_616 - linears) * 2 + linears / 2);
    expect(packed.peakBytes).toBeGreaterThan(packed.warmUpBytes ?? 0);
    expect(momentOf(scenario(), "loading", { loading: "host" }).warmUpBytes).toBeUndefined();
  });

  test("on the host has the model there; a quantised one is made on the device whatever is asked", () => {
    const onHost = momentOf(scenario(), "loading", { loading: "host" });
    expect(onHost.hostBytes).toBe(6_738_415_616 * 2);
    expect(onHost.peakBytes).toBe(momentOf(scenario(), "loading", DEVICE).peakBytes);
    expect(momentOf(scenario({ method: qloraMethod() }), "loading", { loading: "host" }).hostBytes).toBe(0);
  });

  test.each(["fsdp1", "fsdp2", "zero3"] as const)(
    "of shards (%s) has more than them for a moment, and was only read",
    (sharding) => {
      const { liveBytes, peakBytes, alive, basis } = momentOf(scenario({ gpus: 8, sharding }), "loading", DEVICE);
      expect(peakBytes).toBeGreaterThan(liveBytes);
      expect(alive.map(({ name }) => name)).toContain("whole parameters");
      expect(basis).toBe("read");
    },
  );

  test("of shards of a quantised base has all of it first", () => {
    const sharded = scenario({ gpus: 8, sharding: "fsdp2", method: qloraMethod() });
    const alone = momentOf(scenario({ method: qloraMethod() }), "loading", DEVICE);
    expect(momentOf(sharded, "loading", DEVICE).peakBytes).toBe(alone.peakBytes);
  });

  test("is made once for all steps of a model, and again for another base", () => {
    const ofStep = (changed: Partial<Scenario>) => momentOf(scenario(changed), "loading", { loading: "device" });
    // Of a step that no other test asks for: a whole run is remembered longer than its loading.
    const first = ofStep({ gradient_accumulation_steps: 91 });
    expect(ofStep({ sequence_length: 77, micro_batch_size: 3, gradient_checkpointing: false })).toBe(first);
    expect(ofStep({ weights: "fp32" }).peakBytes).toBeGreaterThan(first.peakBytes);
  });
});
