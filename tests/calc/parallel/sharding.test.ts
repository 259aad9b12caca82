import { describe, expect, test } from "vitest";
import { explainApproximations } from "#calc/explain/approximations.ts";
import { estimateMemory } from "#calc/estimate.ts";
import type { MomentId, TermId } from "#calc/memory-estimate.ts";
import type { Scenario } from "#calc/scenario.ts";
import { loraMethod, scenario } from "../scenario.ts";

const PARAMETERS = 6_738_415_616;
const RANKS = 8;
const partAt = (moment: MomentId, part: Exclude<TermId, "framework">, patch: Partial<Scenario>): number =>
  estimateMemory(scenario({ optim: "adamw_torch", gpus: RANKS, ...patch })).moments.find(({ id }) => id === moment)
    ?.parts[part] ?? 0;

describe("Eight GPUs, Llama 2 7B in bf16", () => {
  test("DDP holds everything on each, and a copy of the gradients in buckets", () => {
    const alone = partAt("zero", "workspace", { gpus: 1 });
    expect(partAt("zero", "workspace", { sharding: "ddp" }) - alone).toBe(2 * PARAMETERS);
    expect(partAt("step", "optimizer", { sharding: "ddp" })).toBe(4 * PARAMETERS);
  });

  test.each([
    ["zero1", 2 * PARAMETERS, 2 * PARAMETERS, (4 * PARAMETERS) / RANKS],
    ["zero2", 2 * PARAMETERS, (2 * PARAMETERS) / RANKS, (4 * PARAMETERS) / RANKS],
    ["zero3", (2 * PARAMETERS) / RANKS, (2 * PARAMETERS) / RANKS, (4 * PARAMETERS) / RANKS],
    ["fsdp2", (2 * PARAMETERS) / RANKS, (2 * PARAMETERS) / RANKS, (4 * PARAMETERS) / RANKS],
  ] as const)("%s: weights, gradients and states of a rank", (...[sharding, weights, gradients, states]) => {
    expect(partAt("step", "weights", { sharding })).toBe(weights);
    expect(partAt("step", "gradients", { sharding })).toBe(gradients);
    expect(partAt("step", "optimizer", { sharding })).toBe(states);
  });

  test("FSDP1 with mixed precision peaks at 20 B for each parameter over the ranks in the step of for-each AdamW", () => {
    const step = estimateMemory(scenario({ optim: "adamw_torch", gpus: RANKS, sharding: "fsdp1" })).moments.find(
      ({ id }) => id === "step",
    );
    expect((step?.peakBytes ?? 0) / (PARAMETERS / RANKS)).toBeCloseTo(20, 1);
  });

  test("parameters outside the layers and two layers are gathered while layers run", () => {
    const sharded = partAt("forward", "workspace", { sharding: "fsdp2", method: loraMethod() });
    const outside = 2 * 32_000 * 4096 + 4096;
    const layer = (PARAMETERS - outside) / 32;
    expect(sharded - partAt("zero", "workspace", { sharding: "fsdp2", method: loraMethod() })).toBeGreaterThanOrEqual(
      2 * (outside + layer),
    );
  });
});

describe("Offload", () => {
  test("takes the optimizer's states off the card, and its step", () => {
    expect(partAt("step", "optimizer", { gpus: 1, offload: "optimizer" })).toBe(0);
    expect(partAt("step", "workspace", { gpus: 1, offload: "optimizer" })).toBe(
      partAt("zero", "workspace", { gpus: 1 }),
    );
  });

  test("of everything leaves the unit at work on the card", () => {
    expect(partAt("forward", "weights", { gpus: 1, offload: "all" })).toBe(0);
    expect(partAt("forward", "workspace", { gpus: 1, offload: "all" })).toBeGreaterThan(0);
  });

  test("is named among the approximations", () => {
    expect(explainApproximations(scenario({ offload: "all" })).join(" ")).toContain("Offloading");
  });
});
