import { describe, expect, test } from "vitest";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { QWEN3_30B_A3B } from "../architectures.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";
import { aliveAt, askedRun, momentOf } from "./asked-run.ts";

const GIB = 2 ** 30;
const FULL = { saving: "full" } as const;
const QWEN = scenario({ architecture: QWEN3_30B_A3B, method: loraMethod({ target_modules: ["q_proj"] }) });

const added = (each: Scenario, saving: "adapter" | "full" | "sharded"): number => {
  const { liveBytes, peakBytes } = momentOf(each, "save", { saving });
  return peakBytes - liveBytes;
};

describe("save", () => {
  test("comes after a step: weights, adapters and states are there, gradients are not", () => {
    const each = scenario({ method: loraMethod() });
    const { liveBytes, alive } = momentOf(each, "save", FULL);
    expect(liveBytes).toBe(estimated(ENGINE.estimate(each)).moments.at(-1)?.liveBytes);
    expect(alive.map(({ name }) => name).toSorted()).toEqual([
      "adapters",
      "buffers, batch, workspaces",
      "optimizer",
      "weights",
    ]);
  });

  test("of a dense model, of adapters and of shards takes nothing more", () => {
    expect(added(scenario(), "full")).toBe(0);
    expect(added(QWEN, "adapter")).toBe(0);
    expect(added(scenario({ gpus: 8, sharding: "fsdp2" }), "sharded")).toBe(0);
  });

  test("of Qwen3-30B-A3B has all gates and ups a second time: + 36.0 GiB, two thirds of the experts", () => {
    expect(added(QWEN, "full") / GIB).toBeCloseTo(36, 5);
    const alive = aliveAt(momentOf(QWEN, "save", FULL));
    expect(alive["gates and ups of experts, apart"]).toBe(48 * 128 * 2 * 768 * 2048 * 2);
  });

  test("after k-bit preparation has them in fp32: twice that", () => {
    const prepared = { ...QWEN, method: qloraMethod({ kbitPreparation: "fp32" }) };
    expect(added(prepared, "full") / GIB).toBeCloseTo(72, 5);
  });

  test("of shards gathers a parameter (FSDP 2), twice a unit (FSDP 1), a module (ZeRO-3); the first rank's host gets all", () => {
    const of = (sharding: Scenario["sharding"]): number => added(scenario({ gpus: 8, sharding }), "full");
    const embedding = 32000 * 4096;
    expect(of("fsdp2")).toBe(4 * embedding);
    expect(of("fsdp1")).toBe(2 * 4 * (2 * embedding + 4096));
    expect(of("zero3")).toBe(2 * embedding);
    const { hostBytes, basis } = momentOf(scenario({ gpus: 8, sharding: "fsdp2" }), "save", FULL);
    expect(hostBytes).toBeGreaterThan(13e9);
    expect(basis).toBe("read");
  });

  test("is not there unless it is asked for", () => {
    expect(askedRun(scenario(), {})).not.toHaveProperty("save");
  });
});
