import { estimated, type MomentId } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import type { AllocatedTermId } from "#calc/model/terms.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { shardElements } from "#calc/parallel/sharding.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";

const PARAMETERS = 6_738_415_616;
const RANKS = 8;
const bytesAt = (moment: MomentId, term: AllocatedTermId, patch: Partial<Scenario>): number =>
  estimated(ENGINE.estimate(scenario({ optim: "adamw_torch", gpus: RANKS, ...patch }))).moments.find(
    ({ id }) => id === moment,
  )?.terms[term] ?? 0;

describe("Eight GPUs, Llama 2 7B in bf16", () => {
  test("DDP holds everything on each, and a copy of the gradients in buckets", () => {
    const alone = bytesAt("zero", "workspace", { gpus: 1 });
    expect(bytesAt("zero", "workspace", { sharding: "ddp" }) - alone).toBe(2 * PARAMETERS);
    expect(bytesAt("step", "optimizer", { sharding: "ddp" })).toBe(4 * PARAMETERS);
  });

  test.each([
    ["zero1", 2 * PARAMETERS, (2 * PARAMETERS) / RANKS],
    ["zero2", 2 * PARAMETERS, (2 * PARAMETERS) / RANKS],
    ["zero3", (2 * PARAMETERS) / RANKS, (2 * PARAMETERS) / RANKS],
  ] as const)(
    "%s: weights and gradients in bf16, and 12 B of masters and states for each of a rank's share",
    (...row) => {
      const [sharding, weights, gradients] = row;
      expect(bytesAt("step", "weights", { sharding })).toBe(weights);
      expect(bytesAt("step", "gradients", { sharding })).toBe(gradients);
      expect(bytesAt("step", "optimizer", { sharding })).toBe((12 * PARAMETERS) / RANKS);
    },
  );

  test.each([
    ["fsdp2", true, 4],
    ["fsdp1", true, 4],
    ["fsdp2", false, 2],
    ["fsdp1", false, 2],
  ] as const)("%s, mixed precision %s: weights, gradients and states of a rank in %i B", (sharding, autocast, size) => {
    const shard = (size * PARAMETERS) / RANKS;
    expect(bytesAt("step", "weights", { sharding, autocast })).toBe(shard);
    expect(bytesAt("step", "gradients", { sharding, autocast })).toBe(shard);
    expect(bytesAt("step", "optimizer", { sharding, autocast })).toBe(2 * shard);
  });

  test("FSDP 2 as Axolotl prepares it keeps weights, gradients and states in 16 bits under autocast; FSDP 1 does not know of it", () => {
    const fsdp = {
      reshardsAfterForward: true,
      reduce: "bf16",
      reducesEachMicroStep: false,
      endsApart: false,
      keepsTypes: true,
    } as const;
    const shard = (2 * PARAMETERS) / RANKS;
    expect(bytesAt("step", "weights", { sharding: "fsdp2", fsdp })).toBe(shard);
    expect(bytesAt("step", "gradients", { sharding: "fsdp2", fsdp })).toBe(shard);
    expect(bytesAt("step", "optimizer", { sharding: "fsdp2", fsdp })).toBe(2 * shard);
    expect(bytesAt("step", "weights", { sharding: "fsdp1", fsdp })).toBe(2 * shard);
  });

  test.each(["fsdp1", "fsdp2"] as const)(
    "%s of accelerate: a frozen base as it is loaded, adapters in fp32",
    (sharding) => {
      const method = loraMethod({ adapters: "bf16" });
      expect(bytesAt("step", "weights", { sharding, method })).toBe((2 * PARAMETERS) / RANKS);
      const alone = bytesAt("step", "adapters", { gpus: 1, method });
      expect(bytesAt("step", "adapters", { sharding, method }) / alone).toBeCloseTo(2 / RANKS, 2);
    },
  );

  test("FSDP1 with mixed precision peaks at 20 B for each parameter over the ranks in the step of for-each AdamW", () => {
    const step = estimated(
      ENGINE.estimate(scenario({ optim: "adamw_torch", gpus: RANKS, sharding: "fsdp1" })),
    ).moments.find(({ id }) => id === "step");
    expect((step?.peakBytes ?? 0) / (PARAMETERS / RANKS)).toBeCloseTo(20, 1);
  });

  test("scales of 4-bit blocks are whole on every rank", () => {
    const method = qloraMethod();
    const alone = bytesAt("step", "weights", { gpus: 1, method });
    const linears = 32 * (4 * 4096 * 4096 + 3 * 4096 * 11_008);
    const packed = linears / 2;
    const scales = linears / 64 + (linears / 16_384) * 4;
    const rest = alone - packed - scales;
    const shard = bytesAt("step", "weights", { sharding: "fsdp1", method });
    expect(shard / ((packed + rest) / RANKS + scales)).toBeCloseTo(1, 3);
  });

  test("what is outside the layers and two layers are whole while FSDP1 runs one backward", () => {
    const outside = 2 * 32_000 * 4096 + 4096;
    const layer = (PARAMETERS - outside) / 32;
    const workspace = bytesAt("backward", "workspace", { sharding: "fsdp1" });
    expect(workspace - bytesAt("zero", "workspace", { sharding: "fsdp1" })).toBeGreaterThanOrEqual(
      2 * (outside + 2 * layer),
    );
  });

  test("the last layers of a model stay whole between forward and backward of ZeRO-3", () => {
    const held = (sharding: Scenario["sharding"]): number => {
      const { moments } = estimated(ENGINE.estimate(scenario({ gpus: RANKS, sharding, sequence_length: 128 })));
      return moments.find(({ id }) => id === "forward")?.liveBytes ?? 0;
    };
    // 10^9 parameters, used once forward and once backward: 2 layers of 202 million before the head's 131 million.
    const layers = 2 * 2 * ((PARAMETERS - 2 * 32_000 * 4096) / 32);
    expect(held("zero3") - held("fsdp2")).toBeGreaterThan(layers);
  });
});

test.each(
  (["ddp", "zero1", "zero2", "zero3", "fsdp1", "fsdp2"] as const).flatMap((sharding) => [
    [sharding, "transformers"] as const,
    [sharding, "transformers-4.48"] as const,
  ]),
)("After a step of %s, %s, no activations are left but ids and labels", (sharding, modelling) => {
  const left = bytesAt("zero", "activations", { sharding, modelling, method: loraMethod() });
  expect(left).toBe(2 * 1024 * 8);
});

describe("Offload", () => {
  test("takes the optimizer's states off the card, and its step", () => {
    expect(bytesAt("step", "optimizer", { gpus: 1, offload: "optimizer" })).toBe(0);
    expect(bytesAt("step", "workspace", { gpus: 1, offload: "optimizer" })).toBe(
      bytesAt("zero", "workspace", { gpus: 1 }),
    );
  });

  test("of everything leaves the unit at work on the card", () => {
    expect(bytesAt("forward", "weights", { gpus: 1, offload: "all" })).toBe(0);
    expect(bytesAt("forward", "workspace", { gpus: 1, offload: "all" })).toBeGreaterThan(0);
  });

  const hostBytes = (patch: Partial<Scenario>): number =>
    estimated(ENGINE.estimate(scenario({ optim: "adamw_torch", gpus: RANKS, ...patch }))).hostBytes;

  test("of FSDP keeps a rank's share of weights, gradients and states in host memory, each in its own type", () => {
    expect(hostBytes({ sharding: "fsdp2", offload: "all", autocast: false })).toBe(
      ((2 + 2 + 2 * 2) * PARAMETERS) / RANKS,
    );
  });

  /** @see Ren et al. 2021, "ZeRO-Offload", section 4.1: gradients and states in fp32 */
  test("of ZeRO-2's optimizer keeps a rank's share of masters, states and gradients there, all in fp32", () => {
    expect(hostBytes({ sharding: "zero2", offload: "optimizer" })).toBe(((4 + 2 * 4 + 4) * PARAMETERS) / RANKS);
  });

  test("is named among the approximations", () => {
    expect(ENGINE.approximations(scenario({ offload: "all" })).join(" ")).toContain("Offloading");
  });
});

test("shards are whole rows; those of an empty tensor are empty", () => {
  expect(shardElements(10, 100, 4)).toBe(30);
  expect(shardElements(0, 0, 1000)).toBe(0);
});
