import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allKnobs, allScales } from "#advice/knobs/all-knobs.ts";
import { type Knob, patchOf } from "#advice/knobs/knob.ts";
import { hardwareKnobs } from "#advice/knobs/gpus.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { effectiveChoices } from "#scenario/choices/effective-choices.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-model.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { settle } from "#scenario/choices/settle.ts";
import { tried } from "../tried.ts";

const QWEN: Choices = {
  ...DEFAULT_CHOICES,
  model: { kind: "catalog", id: "qwen3-30b-a3b" },
  gpu: { kind: "catalog", id: "h100-sxm" },
  gpus: 8,
  ep: 8,
  method: "full",
};

const knobOf = (id: string, patch: Partial<Choices> = {}): Knob | undefined =>
  allKnobs({ ...QWEN, ...patch }, FULL_CATALOG).find((knob) => knob.id === id);

/** Whether `ep` is asked for in vain. */
const isRefused = (choices: Choices): boolean =>
  effectiveChoices(choices, { architecture: chosenArchitecture(choices, FULL_CATALOG), method: choices.method }).ep !==
  choices.ep;

describe("where GPUs share out experts, a change beside which they cannot", () => {
  test.each([
    "shard-zero1",
    "shard-zero2",
    "shard-zero3",
    "offload-all",
    "offload-optimizer",
    "method-lora",
    "method-qlora",
    "stack-unsloth",
  ])("gives that up and says so: %s", (id) => {
    const plain = knobOf(id, { ep: 1 });
    expect(knobOf(id)).toEqual({
      ...plain,
      title: `${plain?.title} without expert parallelism`,
      phrase: `${plain?.phrase} without expert parallelism`,
      patch: { ...plain?.patch, ep: 1 },
    });
  });

  test.each<[string, Partial<Choices>]>([
    ["stack-trl", {}],
    ["loss-fused", {}],
    ["method-lora", { targets: "attention" }],
    ["shard-zero3", { ep: 3 }],
  ])("is no other: %s %j", (id, patch) => {
    expect(knobOf(id, patch)).toEqual(knobOf(id, { ...patch, ep: 1 }));
  });
});

/** Runs that may share out experts; those that cannot are passed over. */
const arbitraryShared: fc.Arbitrary<Choices> = fc
  .record({
    model: fc
      .constantFrom("qwen3-30b-a3b", "mixtral-8x7b", "gpt-oss-20b", "deepseek-v3", "glm-4.5-air")
      .map((id) => ({ kind: "catalog" as const, id })),
    stack: fc.constantFrom("transformers", "trl"),
    method: fc.constantFrom("full" as const, "lora" as const),
    targets: fc.constantFrom("attention" as const, "q-v" as const),
    gpus: fc.constantFrom(2, 4, 8, 16, 24),
    ep: fc.constantFrom(2, 4, 8),
    tp: fc.constantFrom(1, 1, 2),
    batch: fc.integer({ min: 1, max: 8 }),
    accum: fc.constantFrom(1, 4),
    ckpt: fc.boolean(),
    attn: fc.constantFrom(null, "eager" as const),
  })
  .map((some) => settle({ ...QWEN, ...some }))
  .filter((choices) => !isRefused(choices));

tried(
  "no change leads to a link in which experts are asked to be shared out in vain",
  { quick: 30, thorough: 500 },
  (runs) => {
    fc.assert(
      fc.property(arbitraryShared, (choices) => {
        const knobs = [
          ...allKnobs(choices, FULL_CATALOG),
          ...allScales(choices, FULL_CATALOG).flatMap(({ count, at }) => [at(1), at(count)]),
          ...hardwareKnobs(choices, FULL_CATALOG).map(({ knob }) => knob),
        ];
        const inVain = knobs.filter((knob) => isRefused(settle({ ...choices, ...patchOf(choices, [knob]) })));
        expect(inVain.map(({ id }) => id)).toEqual([]);
      }),
      runs,
    );
  },
);
