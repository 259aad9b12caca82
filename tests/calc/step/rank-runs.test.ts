import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AllocatorRun, DEFAULT_ALLOCATOR_SETTINGS } from "#calc/allocator/allocator.ts";
import { replay } from "#calc/allocator/replay.ts";
import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario, Sharding } from "#calc/model/scenario.ts";
import { STREAMS } from "#calc/tape/ledger/ledger.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { tried } from "../../tried.ts";
import { QWEN3_30B_A3B } from "../architectures.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";
import { alone, arbitraryScenario } from "./arbitrary-scenario.ts";
import { peakOf, runOf } from "./known-run.ts";
import { liveBytes } from "./live-bytes.ts";

const SHARED = ["ddp", "fsdp1", "fsdp2"] as const satisfies readonly Sharding[];

const WAYS: Readonly<Record<string, Partial<Scenario>>> = {
  full: { method: { kind: "full" } },
  "full under autocast": { method: { kind: "full" }, weights: "fp32", autocast: true },
  LoRA: { method: loraMethod({ r: 8 }) },
  "LoRA over four micro steps": { method: loraMethod({ r: 8 }), gradient_accumulation_steps: 4 },
};

/** A scale of a byte for 64 weights, and of four bytes for 256 scales. */
const SCALE_BYTES = (1 + 4 / 256) / 64;

/**
 * Of packed experts that GPUs share unevenly the estimate counts the scales of whole experts, as of the weights, and the run an even share of them: less than
 * one expert's scales in a layer, and some blocks of rounding.
 */
const scalesOfOneExpert = ({ method, architecture }: Scenario): number => {
  const { hidden_size, moe_intermediate_size = 0, num_hidden_layers } = architecture;
  const inLayer = 3 * hidden_size * moe_intermediate_size * SCALE_BYTES + 32 * BLOCK_BYTES;
  return method.kind !== "full" && method.experts !== undefined ? num_hidden_layers * inLayer : 0;
};

/** Runs of random scenarios on 2 to 64 GPUs take what the estimate says. */
const followsEstimate = (sharding: Sharding, runs: Readonly<{ numRuns: number }>): void => {
  fc.assert(
    fc.property(arbitraryScenario.map(alone), fc.integer({ min: 2, max: 64 }), (one, gpus) => {
      const of: Scenario = { ...one, gpus, sharding, gradient_accumulation_steps: 1 };
      const estimate = ENGINE.estimate(of);
      // Where nothing is trained there is no backward, and PyTorch ends the run with an error (GPT-2 has no `down_proj`).
      if ("refused" in estimate || estimate.trainableParams === 0) return;
      const run = ENGINE.allocatorRun(of);
      if (run === null) return;
      const off = Math.abs(Math.max(...liveBytes(run).peaks) - peakOf(of));
      // Of a tiny model a block more or less of each tensor is more than a thousandth: four layers have about forty each, with what 4 bits keep beside them.
      expect(off).toBeLessThan(Math.max(1e-3 * peakOf(of), 160 * BLOCK_BYTES, scalesOfOneExpert(of)));
    }),
    runs,
  );
};

describe.each(SHARED)("a run on one of four GPUs with %s", (sharding) => {
  test.each(Object.entries(WAYS))("%s: its second step takes what the estimate says, and leaves nothing", (_, way) => {
    const of = scenario({ ...way, gpus: 4, sharding });
    const { afterFirst, peaks, afterLast } = liveBytes(runOf(of));
    expect(peaks).toEqual([peakOf(of)]);
    expect(afterLast).toBe(afterFirst);
  });

  test("QLoRA: takes it but for rounding, as the estimate rounds each share of the scales", () => {
    const of = scenario({ method: qloraMethod({}), gpus: 4, sharding });
    const [peak = 0] = liveBytes(runOf(of)).peaks;
    expect(Math.abs(peak / peakOf(of) - 1)).toBeLessThan(1e-4);
  });

  tried("takes what the estimate says, whatever the scenario", { quick: 10, thorough: 150 }, (runs) =>
    followsEstimate(sharding, runs),
  );
});

describe.each(["zero1", "zero2"] as const)("a run on one of four GPUs with %s", (sharding) => {
  /** A part of all tensors together is rounded up once, one of each tensor as often as there are tensors. */
  const ROUNDING = 1e-3;

  test.each([...Object.entries(WAYS), ["QLoRA", { method: qloraMethod({}) }]] as const)(
    "%s: its second step takes what the estimate says but for rounding, and leaves nothing",
    (_, way) => {
      const of = scenario({ ...way, gpus: 4, sharding });
      const { afterFirst, peaks, afterLast } = liveBytes(runOf(of));
      const [peak = 0] = peaks;
      expect(Math.abs(peak / peakOf(of) - 1)).toBeLessThan(ROUNDING);
      expect(afterLast).toBe(afterFirst);
    },
  );

  tried("takes what the estimate says, whatever the scenario", { quick: 10, thorough: 150 }, (runs) =>
    followsEstimate(sharding, runs),
  );
});

test("DeepSpeed’s first stages hold each parameter group as one flat tensor, and a part of it in fp32", () => {
  const of = scenario({ method: { kind: "full" }, gpus: 4, sharding: "zero2" });
  const { load } = runOf(of);
  /** Frequencies of the rotary embedding, and a copy of them. */
  const ROTARY = [512, 512];
  const norms = 65 * 4096;
  const matrices = 2 * 32_000 * 4096 + 32 * (4 * 4096 ** 2 + 3 * 4096 * 11_008);
  expect(Array.from(load.events, (event) => load.bytes[event])).toEqual([
    ...ROTARY,
    2 * matrices,
    2 * norms,
    matrices,
    norms,
  ]);
});

test("under DeepSpeed’s second stage a bucket that several layers fill is copied while the activations of the layers before are there", () => {
  const of = scenario({
    method: loraMethod({ r: 278, target_modules: ["down_proj"] }),
    weights: "fp32",
    gradient_checkpointing: false,
    micro_batch_size: 1,
    sequence_length: 4,
    loss: { kind: "chunked", chunks: 1 },
    optim: "adamw_torch",
    gpus: 12,
    sharding: "zero2",
  });
  const [peak = 0] = liveBytes(runOf(of)).peaks;
  const optimizersStep = estimated(ENGINE.estimate(of)).moments.find(({ id }) => id === "step")?.peakBytes ?? 0;
  expect(Math.abs(peak - peakOf(of))).toBeLessThanOrEqual(BLOCK_BYTES);
  expect(peakOf(of)).toBeGreaterThan(optimizersStep + 10 * 2 ** 20);
});

/** The streams on which a run allocates. */
const streamsOf = ({ first }: AllocatorRun): readonly string[] => {
  const used = new Set(Array.from(first.events, (event) => (event < 0 ? 0 : (first.streams[event] ?? 0))));
  return STREAMS.filter((_, index) => used.has(index));
};

test("under DeepSpeed’s first stages the norm of fused experts, on the rank that has those of a layer whole, is more than what is updated", () => {
  const of = scenario({ architecture: QWEN3_30B_A3B, method: { kind: "full" }, gpus: 59, sharding: "zero2" });
  const [peak = 0] = liveBytes(runOf(of)).peaks;
  expect(Math.abs(peak / peakOf(of) - 1)).toBeLessThan(1e-4);
});

test("each strategy has its own streams", () => {
  const full = { method: { kind: "full" }, gpus: 4 } as const;
  const under = (sharding: Sharding, autocast = false) =>
    streamsOf(runOf(scenario({ ...full, sharding, autocast, weights: autocast ? "fp32" : "bf16" })));
  expect(under("ddp")).toEqual(["compute"]);
  expect(under("fsdp2", true)).toEqual(["compute", "gather", "reduce"]);
  expect(under("fsdp1")).toEqual(["compute", "gather", "reduce"]);
  expect(under("fsdp1", true)).toEqual(["compute", "cast", "gather", "reduce"]);
});

test("FSDP1 gathers a layer as one flat parameter, adapters that PEFT's policy wraps each by itself", () => {
  const gathered = (way: Partial<Scenario>): readonly number[] => {
    const { first } = runOf(scenario({ gpus: 4, sharding: "fsdp1", ...way }));
    const gather = STREAMS.indexOf("gather");
    return Array.from(first.events).flatMap((event) =>
      event >= 0 && first.streams[event] === gather && first.bytes[event] ? [first.bytes[event] as number] : [],
    );
  };
  // Embeddings, norm and head; the first of 32 layers.
  const [ends, layer] = gathered({ method: { kind: "full" } });
  expect(ends).toBe(2 * (2 * 32_000 * 4096 + 4096));
  expect(layer).toBe(2 * (4 * 4096 ** 2 + 3 * 4096 * 11_008 + 2 * 4096));
  expect(gathered({ method: loraMethod({ r: 8 }) })[2]).toBe(2 * 8 * 4096);
});

test("streams keep their blocks to themselves, so that more is held than by one alone", () => {
  const heldOverPeak = (of: Scenario): number => {
    const { reserved, allocatedPeak } = replay(runOf(of), DEFAULT_ALLOCATOR_SETTINGS);
    return reserved / allocatedPeak;
  };
  const full = scenario({ method: { kind: "full" } });
  const alike = heldOverPeak(full);
  for (const sharding of ["fsdp1", "fsdp2"] as const)
    expect(heldOverPeak({ ...full, gpus: 8, sharding })).toBeGreaterThan(alike + 0.05);
});

test.each<readonly [string, Partial<Scenario>]>([
  ["with DeepSpeed’s third stage", { gpus: 8, sharding: "zero3" }],
  [
    "of a model that tensor parallelism divides",
    { gpus: 2, division: { tp_size: 2, sequence_parallel: false, cp_size: 1, pp_size: 1 } },
  ],
  ["with parameters in host memory", { gpus: 8, sharding: "fsdp2", offload: "all" }],
  [
    "of shards of weights that GPTQ has quantised",
    { gpus: 8, sharding: "fsdp2", method: qloraMethod({ quantization: { kind: "gptq" } }) },
  ],
])("there is no run %s", (_, way) => {
  expect(ENGINE.allocatorRun(scenario(way))).toBeNull();
});
