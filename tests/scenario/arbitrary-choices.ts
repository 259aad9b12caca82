import fc from "fast-check";
import { DTYPE_BYTES, type Dtype } from "#calc/base/dtypes.ts";
import { TARGET_PRESETS } from "#calc/model/layout.ts";
import { OBJECTIVES } from "#calc/model/objective.ts";
import { METHODS, OPTIMIZERS, SHARDINGS, TUNERS } from "#calc/model/scenario.ts";
import { EVALUATION_KEEPS, LOADINGS, SAVINGS } from "#calc/model/whole-run.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { STACKS } from "#catalog/stacks.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import {
  COMPUTES,
  ENGINES,
  EXPERT_READS,
  EXPERTS,
  type GpuChoice,
  MERGES,
  type ModelChoice,
  REF_CHOICES,
  TEACHER_TYPES,
  PANEL_IDS,
} from "#scenario/keys/values.ts";
import { lockList, FIELDS } from "#scenario/keys/link-fields.ts";
import type { Key } from "#scenario/keys/key.ts";
import { KEYS } from "#scenario/keys/keys.ts";
import { settle } from "#scenario/choices/settle.ts";

const LLAMA_MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
const LLAMA_SAVED = ["embed_tokens", "lm_head", "input_layernorm", "norm"];

const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value, { nil: null });
const decimal = (max: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 0, max: Math.floor(max) }),
    fc.double({ min: 0, max, noNaN: true }).map((value) => value + 0 || 0),
  );

const LOCKS = lockList(
  FIELDS.flatMap(({ keys }) => keys),
  Object.fromEntries(Object.entries<Key>(KEYS).map(([name, { lock }]) => [name, lock])),
);

/** Keys that are locked together are locked all. */
const lockedWhole = (lock: readonly string[]): readonly string[] => LOCKS.decode(lock.join(",")).value ?? [];

/** How many divide something: mostly a number that divides what models have. */
const ranks = (max: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(1, 1, 2, 4, 8) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max }) },
  );
const format = fc.oneof(fc.constantFrom(...(Object.keys(DTYPE_BYTES) as Dtype[])), decimal(64));

const architectures = Object.values(FULL_CATALOG.models).map(({ architecture }) => architecture);

const model: fc.Arbitrary<ModelChoice> = fc.oneof(
  fc.constantFrom(...Object.keys(FULL_CATALOG.models)).map((id) => ({ kind: "catalog" as const, id })),
  fc.integer({ min: 1e8, max: 7e11 }).map((params) => ({ kind: "size" as const, params })),
  fc.constantFrom(...architectures).map((architecture) => ({ kind: "architecture" as const, architecture })),
);

const gpu: fc.Arbitrary<GpuChoice> = fc.oneof(
  fc.constantFrom(...Object.keys(FULL_CATALOG.gpus)).map((id) => ({ kind: "catalog" as const, id })),
  fc
    .record({
      memoryBytes: fc.integer({ min: 2 ** 30, max: 1e14 }),
      unit: fc.constantFrom("GB" as const, "GiB" as const),
    })
    .map((card) => ({ kind: "custom" as const, ...card })),
);

/** Any choices that the page can be brought to, with module names that only Llamas have. */
export const anyChoices: fc.Arbitrary<Choices> = fc
  .record<Choices>({
    unknown: fc.constant({}),
    model,
    method: fc.constantFrom(...METHODS),
    show: fc.subarray([...METHODS], { minLength: 1 }),
    stack: fc.constantFrom(...Object.keys(STACKS)),
    weights: maybe(format),
    grads: maybe(format),
    states: maybe(format),
    adapters: maybe(format),
    autocast: maybe(fc.boolean()),
    quant: fc.constantFrom("nf4", "fp4", "int8", "gptq", "unsloth-dynamic"),
    dq: fc.boolean(),
    kbit: maybe(fc.constantFrom("fp32", "trl", "trl-0.11", "axolotl", "none")),
    r: fc.integer({ min: 1, max: 1024 }),
    alpha: maybe(decimal(65_536)),
    dropout: decimal(0.9),
    targets: fc.oneof(fc.constantFrom(...TARGET_PRESETS), fc.shuffledSubarray(LLAMA_MODULES, { minLength: 1 })),
    dora: fc.boolean(),
    save: fc.shuffledSubarray(LLAMA_SAVED),
    batch: fc.integer({ min: 1, max: 4096 }),
    seq: fc.integer({ min: 1, max: 10_485_760 }),
    accum: fc.integer({ min: 1, max: 4096 }),
    packing: fc.boolean(),
    ckpt: fc.boolean(),
    selective: maybe(fc.oneof(fc.constantFrom("none" as const, "op" as const), fc.integer({ min: 2, max: 128 }))),
    actoffload: maybe(fc.boolean()),
    attn: maybe(fc.constantFrom("flash", "sdpa", "math", "eager")),
    loss: maybe(fc.constantFrom("full", "parallel", "inplace", "chunked", "fused")),
    optim: maybe(fc.constantFrom(...OPTIMIZERS)),
    gpu,
    used: decimal(100_000),
    gpus: fc.oneof(fc.constantFrom(2, 4, 8, 16, 32, 64), fc.integer({ min: 1, max: 4096 })),
    shard: maybe(fc.constantFrom(...SHARDINGS)),
    offload: fc.constantFrom("none", "optimizer", "all"),
    tp: ranks(64),
    sp: fc.boolean(),
    cp: ranks(64),
    pp: ranks(64),
    ulysses: ranks(64),
    compute: maybe(fc.constantFrom(...COMPUTES)),
    alloc: fc.oneof(fc.constantFrom("default" as const, "expandable" as const), fc.integer({ min: 20, max: 65_536 })),
    liger: maybe(fc.boolean()),
    lorakernels: maybe(fc.boolean()),
    reentrant: maybe(fc.boolean()),
    ep: ranks(64),
    tuner: fc.constantFrom(...TUNERS),
    lengths: fc.oneof(fc.constantFrom("fixed" as const, "uniform" as const), fc.integer({ min: 1, max: 10_485_760 })),
    eval: fc.integer({ min: 0, max: 4096 }),
    evalseq: maybe(fc.integer({ min: 1, max: 10_485_760 })),
    evalkeep: fc.constantFrom(...EVALUATION_KEEPS),
    evalbatches: fc.integer({ min: 1, max: 65_536 }),
    evalmove: fc.integer({ min: 0, max: 65_536 }),
    evallist: fc.boolean(),
    evalgen: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 131_072 })),
    saving: fc.constantFrom(...SAVINGS),
    merge: fc.constantFrom(...MERGES),
    resume: fc.boolean(),
    loading: fc.constantFrom(...LOADINGS),
    // Most libraries train for SFT alone.
    objective: fc.oneof(
      { weight: 9, arbitrary: fc.constant("sft" as const) },
      { weight: 2, arbitrary: fc.constantFrom(...OBJECTIVES) },
      // What it alone has must be drawn often enough, too.
      { weight: 1, arbitrary: fc.constantFrom("grpo" as const, "distill" as const) },
    ),
    ref: maybe(fc.constantFrom(...REF_CHOICES)),
    prompt: maybe(fc.integer({ min: 1, max: 10_485_759 })),
    completion: maybe(fc.integer({ min: 1, max: 10_485_760 })),
    fill: fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100),
    beta: decimal(100),
    kl: fc.boolean(),
    engine: fc.constantFrom(...ENGINES, "vllm-colocate"),
    gensteps: maybe(fc.integer({ min: 1, max: 4096 })),
    generations: fc.integer({ min: 2, max: 4096 }),
    vllm: fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100),
    sleep: fc.boolean(),
    teacher: maybe(fc.constantFrom(...Object.keys(FULL_CATALOG.models))),
    teacherdtype: fc.constantFrom(...TEACHER_TYPES),
    experts: maybe(fc.constantFrom(...EXPERTS)),
    expertread: maybe(fc.constantFrom(...EXPERT_READS)),
    embed: fc.boolean(),
    theme: fc.constantFrom("light", "dark", "auto"),
    only: fc.subarray([...PANEL_IDS]),
    hide: fc.subarray([...PANEL_IDS]),
    lock: fc.subarray(FIELDS.flatMap(({ keys }) => keys)),
  })
  .map((choices) => settle({ ...choices, lock: lockedWhole(choices.lock) }));
