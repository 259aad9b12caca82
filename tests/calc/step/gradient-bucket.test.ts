import { describe, expect, test } from "vitest";
import { CUDA } from "#calc/base/machine.ts";
import type { Scenario, Sharding } from "#calc/model/scenario.ts";
import { type BucketAlongLayers, bucketFillingOf } from "#calc/step/gradient-bucket.ts";
import { compileChain, compileStep, runChainOf } from "#calc/step/compile-step.ts";
import { tapeOptionsOf } from "#calc/step/step-options.ts";
import { walk } from "#calc/step/walk.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { FAMILIES, WORKINGS } from "../workings.ts";

const { forward } = FAMILIES.modellingOf("llama");

/** LoRA beside `down_proj` of 32 layers, of so many ranks a layer: (4,096 + 11,008) × r elements in a layer, and a bucket of 4,096². */
const adapted = (r: number, sharding: Sharding = "zero2", patch: Partial<Scenario> = {}): Scenario =>
  scenario({ method: loraMethod({ r, target_modules: ["down_proj"] }), gpus: 4, sharding, ...patch });

const chainOf = (of: Scenario): ReturnType<typeof runChainOf> =>
  runChainOf(WORKINGS, tapeOptionsOf(WORKINGS, of, CUDA), { forward });

const bucketOf = (of: Scenario): BucketAlongLayers => {
  const { bucket } = chainOf(of);
  if (bucket === null) throw new Error("There is no bucket.");
  return bucket;
};

describe("the bucket of ZeRO’s gradients along backward", () => {
  test("is never full where all gradients have room in it, and has all of them at the end", () => {
    const { full, left, before } = bucketOf(adapted(8));
    expect(full).toBeUndefined();
    expect(left).toBe(32 * 8 * (4096 + 11_008));
    expect(before[31]).toBe(0);
    expect(before[0]).toBe(31 * 8 * (4096 + 11_008));
  });

  test("is first full in the layer whose gradients have no room beside those of the layers after it", () => {
    const { full, before } = bucketOf(adapted(278));
    // Four layers are 16,795,648 elements, a bucket 16,777,216.
    expect(full).toBe(28);
    expect(before.slice(27)).toEqual([null, 3 * 278 * (4096 + 11_008), 2 * 4_198_912, 4_198_912, 0]);
  });

  test("fills in stages 2 and 3 alone: stage 1 has whole gradients", () => {
    expect(chainOf(adapted(8, "zero3")).bucket).toEqual(bucketOf(adapted(8)));
    expect(chainOf(adapted(8, "zero1")).bucket).toBeNull();
    expect(chainOf(adapted(8, "fsdp2")).bucket).toBeNull();
  });

  test("has nothing of a gradient that is larger than it", () => {
    const { full, left } = bucketOf(scenario({ method: { kind: "full" }, gpus: 4, sharding: "zero2" }));
    // The head's gradient came before; the embedding's comes last.
    expect(full).toBe(31);
    expect(left).toBe(0);
  });

  test("of the layers that are run is as full as in the model before the last of those that each stands for", () => {
    const chain = chainOf(adapted(278));
    const { before } = bucketFillingOf(bucketOf(adapted(278)), chain);
    expect(chain.run.length).toBeLessThan(8);
    expect(before).toHaveLength(chain.run.length);
    expect(before[chain.stands[28] ?? -1]).toBe(12_596_736);
    expect(before[chain.stands[30] ?? -1]).toBe(4_198_912);
    expect(before[chain.stands[10] ?? -1]).toBeNull();
  });
});

describe.each(["zero2", "zero3"] as const)("%s", (sharding) => {
  test.each(
    [4, 16, 64, 278, 1024].flatMap((r) =>
      [true, false].flatMap((ckpt) => ([1, 64, 2048] as const).map((length) => [r, ckpt, length] as const)),
    ),
  )("LoRA of %i ranks, checkpoints %s, %i tokens: few layers take what all of them take, to the byte", (...way) => {
    const [r, gradient_checkpointing, sequence_length] = way;
    const of = adapted(r, sharding, { gradient_checkpointing, micro_batch_size: 1, sequence_length });
    const options = tapeOptionsOf(WORKINGS, of, CUDA);
    const { layers } = chainOf(of);
    const all = compileChain(WORKINGS, options, { forward, run: layers, stands: layers.map((_, layer) => layer) });
    const bytesOf = (compiled: typeof all): unknown =>
      walk(compiled, null, of).moments.map(({ id, live, peak }) => [id, live.bytes, peak.bytes]);
    expect(bytesOf(compileStep(WORKINGS, options))).toEqual(bytesOf(all));
  });
});
