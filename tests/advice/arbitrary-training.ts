import fc from "fast-check";
import { TARGET_PRESETS } from "#calc/model/layout.ts";
import { METHODS, OPTIMIZERS } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { STACKS } from "#catalog/stacks.ts";
import { DEFAULT_CHOICES, type Choices } from "#scenario/keys/choices.ts";
import { settle } from "#scenario/choices/settle.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { anyChoices } from "../scenario/arbitrary-choices.ts";

const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value, { nil: null });

/** Scenarios such as people bring: a known model, a known card, a few things changed. */
export const usualTraining: fc.Arbitrary<Choices> = fc
  .record({
    model: fc.oneof(
      fc.constantFrom(...Object.keys(FULL_CATALOG.models)).map((id) => ({ kind: "catalog" as const, id })),
      fc.integer({ min: 1e8, max: 1e11 }).map((params) => ({ kind: "size" as const, params })),
    ),
    gpu: fc.constantFrom(...Object.keys(FULL_CATALOG.gpus)).map((id) => ({ kind: "catalog" as const, id })),
    method: fc.constantFrom(...METHODS),
    show: fc.subarray([...METHODS], { minLength: 1 }),
    stack: fc.constantFrom(...Object.keys(STACKS)),
    batch: fc.integer({ min: 1, max: 32 }),
    accum: fc.constantFrom(1, 8),
    seq: fc.integer({ min: 64, max: 32_768 }),
    r: fc.integer({ min: 1, max: 256 }),
    targets: fc.constantFrom(...TARGET_PRESETS),
    dora: fc.boolean(),
    ckpt: fc.boolean(),
    packing: fc.boolean(),
    attn: maybe(fc.constantFrom("flash", "sdpa", "eager")),
    loss: maybe(fc.constantFrom("full", "inplace", "chunked", "fused")),
    optim: maybe(fc.constantFrom(...OPTIMIZERS)),
    gpus: fc.constantFrom(1, 1, 1, 4),
  })
  .map((some) => settle({ ...DEFAULT_CHOICES, ...some }));

/** Mostly what people bring, now and then anything that a link can carry. */
export const arbitraryTraining: fc.Arbitrary<Choices> = fc.oneof(
  { arbitrary: usualTraining, weight: 4 },
  { arbitrary: anyChoices, weight: 1 },
);

/** The same as whole runs: an evaluation, and what else comes before and after the steps. */
export const arbitraryRun: fc.Arbitrary<Choices> = fc
  .record({
    training: usualTraining,
    run: fc.record({
      eval: fc.constantFrom(0, 1, 2, 8, 32),
      evalseq: maybe(fc.integer({ min: 64, max: 8192 })),
      evalkeep: fc.constantFrom("loss", "logits", "argmax"),
      evalbatches: fc.constantFrom(1, 3, 20),
      evalmove: fc.constantFrom(0, 0, 1, 4),
      evallist: fc.boolean(),
      evalgen: fc.constantFrom(0, 0, 0, 64),
      saving: fc.constantFrom("none", "adapter", "full", "sharded"),
      merge: fc.constantFrom("0", "1", "safe"),
      resume: fc.boolean(),
      loading: fc.constantFrom("none", "device", "host"),
    }),
  })
  .map(({ training, run }) => settle({ ...training, ...run }));

/** The same with settings that a change may make useless: a library, a card or the host's memory goes without them. */
const setTraining: fc.Arbitrary<Choices> = fc
  .record({
    training: usualTraining,
    settings: fc.record({
      selective: maybe(fc.constantFrom("none" as const, "op" as const, 2)),
      actoffload: maybe(fc.boolean()),
      alloc: fc.constantFrom("default" as const, "expandable" as const, 128),
      liger: maybe(fc.boolean()),
      lorakernels: maybe(fc.boolean()),
      reentrant: maybe(fc.boolean()),
      lengths: fc.constantFrom("fixed" as const, "uniform" as const, 64, 1024, 4096),
    }),
  })
  .map(({ training, settings }) => settle({ ...training, ...settings }));

/** Scenarios of every kind, as links. */
export const arbitraryLink: fc.Arbitrary<string> = fc
  .oneof(
    { arbitrary: setTraining, weight: 4 },
    { arbitrary: arbitraryRun, weight: 2 },
    { arbitrary: anyChoices, weight: 1 },
  )
  .map(encodeLink);
