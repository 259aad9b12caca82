import { describe, expect, test } from "vitest";
import { allKnobs, allScales } from "#advice/knobs/all-knobs.ts";
import { patchOf, type Knob } from "#advice/knobs/knob.ts";
import { PRICES } from "#advice/prices.ts";
import { groupOf } from "#advice/knob-search.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

const knobs = (patch: Partial<Choices> = {}): readonly Knob[] =>
  allKnobs({ ...DEFAULT_CHOICES, ...patch }, FULL_CATALOG);

/** The knobs of one subject, by their ids. */
const offered = (subject: string, patch: Partial<Choices> = {}): readonly string[] =>
  knobs(patch)
    .filter((knob) => knob.subject === subject)
    .map(({ id }) => id);

/** The knobs of a number, from the one that takes away most. */
const rungs = (subject: string, patch: Partial<Choices> = {}): readonly Knob[] =>
  allScales({ ...DEFAULT_CHOICES, ...patch }, FULL_CATALOG)
    .flatMap(({ count, at }) => Array.from({ length: count }, (_, index) => at(index + 1)))
    .filter((knob) => knob.subject === subject);

/** Choices of which every knob that is not of another method changes something. */
const FULL: Partial<Choices> = {
  method: "full",
  gpus: 4,
  batch: 4,
  ckpt: false,
  packing: false,
  attn: "eager",
  shard: "ddp",
  optim: "adamw_torch",
};
const QLORA: Partial<Choices> = { method: "qlora", dq: false, dora: true, save: ["embed_tokens", "lm_head"], r: 32 };
const INT8: Partial<Choices> = { method: "qlora", quant: "int8", selective: 2 };
const EVERY = [FULL, QLORA, INT8].flatMap(knobs);

test.each([
  ["loss-fused", "loss", "Fused loss", "use a fused loss", { loss: "fused" }],
  ["loss-chunked", "loss", "Chunked loss", "use a chunked loss", { loss: "chunked" }],
  ["loss-inplace", "loss", "In-place loss", "use an in-place loss", { loss: "inplace" }],
  ["attn-flash", "attention", "Flash attention", "use flash attention", { attn: "flash" }],
  ["attn-sdpa", "attention", "SDPA attention", "use SDPA attention", { attn: null }],
  ["packing", "packing", "Packing", "pack rows", { packing: true }],
  ["optim-adamw_torch_fused", "optimizer", "Fused AdamW", "use fused AdamW", { optim: "adamw_torch_fused" }],
  ["optim-paged_adamw_32bit", "optimizer", "Paged AdamW", "use paged AdamW", { optim: "paged_adamw_32bit" }],
  ["optim-adamw_bnb_8bit", "optimizer", "8-bit AdamW", "use 8-bit AdamW", { optim: "adamw_bnb_8bit" }],
  ["optim-paged_adamw_8bit", "optimizer", "Paged 8-bit AdamW", "use paged 8-bit AdamW", { optim: "paged_adamw_8bit" }],
  ["optim-adafactor", "optimizer", "Adafactor", "use Adafactor", { optim: "adafactor" }],
  ["ckpt", "checkpointing", "Gradient checkpointing", "turn on gradient checkpointing", { ckpt: true }],
  [
    "ckpt-whole",
    "checkpointing",
    "Checkpoint every layer whole",
    "checkpoint every layer whole",
    { selective: "none" },
  ],
  ["actoffload", "activations", "Activations in host memory", "keep activations in host memory", { actoffload: true }],
  ["shard-zero1", "sharding", "Shard by ZeRO 1", "shard by ZeRO 1", { shard: "zero1" }],
  ["shard-zero2", "sharding", "Shard by ZeRO 2", "shard by ZeRO 2", { shard: "zero2" }],
  ["shard-zero3", "sharding", "Shard by ZeRO 3", "shard by ZeRO 3", { shard: "zero3" }],
  ["shard-fsdp2", "sharding", "Shard by FSDP 2", "shard by FSDP 2", { shard: "fsdp2" }],
  ["offload-optimizer", "offload", "Offload the optimizer", "offload the optimizer", { offload: "optimizer" }],
  ["offload-all", "offload", "Offload everything", "offload everything to the host", { offload: "all" }],
  ["method-lora", "method", "Use LoRA", "use LoRA", { method: "lora" }],
  ["method-qlora", "method", "Use QLoRA", "use QLoRA", { method: "qlora" }],
  ["method-qlora-int8", "method", "Use LoRA on an int8 base", "use LoRA on an int8 base", { quant: "int8" }],
  [
    "quant-nf4",
    "quantization",
    "NF4 base",
    "quantise the base to NF4 with double quantization",
    { quant: "nf4", dq: true },
  ],
  ["dq", "quantization", "Double quantization", "turn on double quantization", { dq: true }],
  ["kbit-trl", "kbit", "k-bit preparation as TRL", "prepare the base as TRL does", { kbit: "trl" }],
  ["kbit-none", "kbit", "No k-bit preparation", "leave out k-bit preparation", { kbit: "none" }],
  ["stack-trl", "library", "Train with TRL", "train with TRL", { stack: "trl" }],
  ["adapters-bf16", "adapters", "Adapters in bf16", "keep adapters in bf16", { adapters: "bf16" }],
  ["targets-q-v", "targets", "Target q, v only", "target q, v only", { targets: "q-v" }],
  ["targets-attention", "targets", "Target attention only", "target attention only", { targets: "attention" }],
  [
    "targets-attention-mlp",
    "targets",
    "Target attention and MLP",
    "target attention and MLP",
    { targets: "attention-mlp" },
  ],
  ["dora-off", "dora", "LoRA without DoRA", "use LoRA without DoRA", { dora: false }],
  ["save-none", "save", "Freeze embed_tokens, lm_head", "freeze embed_tokens and lm_head", { save: [] }],
])("the knob %s turns %s and is called %j, or in a sentence %j", (...row) => {
  const [id, subject, title, phrase, patch] = row;
  const knob = EVERY.find((each) => each.id === id);
  expect(knob).toMatchObject({ subject, title, phrase, patch });
});

test("each knob has a price", () => {
  for (const { id, price } of EVERY) expect(PRICES, id).toHaveProperty([price]);
});

test("no knob is offered that changes nothing", () => {
  const choices: Choices = { ...DEFAULT_CHOICES, ...FULL };
  for (const { id, patch } of knobs(FULL))
    expect(`${id} ${JSON.stringify({ ...choices, ...patch })}`).not.toBe(`${id} ${JSON.stringify(choices)}`);
  expect(offered("loss", { loss: "fused" })).toEqual(["loss-chunked", "loss-inplace"]);
  expect(offered("attention", { attn: "sdpa" })).toEqual(["attn-flash"]);
  expect(offered("packing")).toEqual([]);
  expect(offered("activations", { actoffload: true })).toEqual([]);
  expect(offered("dora")).toEqual([]);
  expect(offered("save")).toEqual([]);
});

describe("knobs of checkpointing", () => {
  test("turn it on, and then to every layer whole", () => {
    expect(offered("checkpointing", { ckpt: false })).toEqual(["ckpt"]);
    expect(offered("checkpointing", { selective: 2 })).toEqual(["ckpt-whole"]);
    expect(offered("checkpointing", { selective: "none" })).toEqual([]);
  });
});

describe("knobs of the batch", () => {
  const sizes = (patch: Partial<Choices>) => rungs("batch", patch).map((knob) => knob.patch);

  test("are its divisors, and keep the rows of an update", () => {
    expect(sizes({ batch: 1 })).toEqual([]);
    expect(sizes({ batch: 6, accum: 2 })).toEqual([
      { batch: 1, accum: 12 },
      { batch: 2, accum: 6 },
      { batch: 3, accum: 4 },
      { batch: 4, accum: 3 },
    ]);
    expect(sizes({ batch: 7 })).toEqual([{ batch: 1, accum: 7 }]);
  });

  test("say all that they change", () => {
    expect(rungs("batch", { batch: 4, accum: 3 })[1]).toMatchObject({
      id: "batch",
      title: "Batch 4 to 2",
      phrase: "cut the micro batch to 2 with accumulation 6",
      detail: "Accumulation 3 to 6.",
    });
  });

  test("accumulate no more than a link may say", () => {
    expect(sizes({ batch: 4, accum: 1024 })).toHaveLength(2);
    expect(sizes({ batch: 4, accum: 2048 })).toEqual([{ batch: 2, accum: 4096 }]);
    expect(sizes({ batch: 4, accum: 2049 })).toEqual([{ batch: 3, accum: 2732 }]);
    expect(sizes({ batch: 2, accum: 2049 })).toEqual([]);
  });
});

describe("knobs of the sequence", () => {
  const lengths = (seq: number) => rungs("sequence", { seq }).map(({ patch }) => patch.seq);

  test("are steps of 64 tokens under what is chosen, none under 128", () => {
    expect(lengths(128)).toEqual([]);
    expect(lengths(129)).toEqual([128]);
    expect(lengths(192)).toEqual([128]);
    expect(lengths(193)).toEqual([128, 192]);
    expect(lengths(1)).toEqual([]);
    expect(rungs("sequence", { seq: 2048 }).at(-1)).toMatchObject({
      id: "seq",
      title: "Sequence to 1,984",
      phrase: "shorten the sequence to 1,984",
    });
  });
});

test("a number stands at a half, or what is nearest under it, where nothing is enough", () => {
  const half = (patch: Partial<Choices>) => {
    const [key] = Object.keys(patch);
    const scale = allScales({ ...DEFAULT_CHOICES, ...patch }, FULL_CATALOG).find(({ at }) => at(1).id === key);
    return scale?.at(scale.half).patch;
  };
  expect(half({ seq: 4096 })).toEqual({ seq: 2048 });
  expect(half({ seq: 4100 })).toEqual({ seq: 2048 });
  expect(half({ seq: 200 })).toEqual({ seq: 128 });
  expect(half({ batch: 8, accum: 7 })).toEqual({ batch: 4, accum: 14 });
  expect(half({ batch: 7 })).toEqual({ batch: 1, accum: 7 });
  expect(half({ r: 100 })).toEqual({ r: 32 });
  expect(half({ r: 5 })).toEqual({ r: 4 });
});

describe("knobs of several GPUs", () => {
  test("are none on one, and all other ways on more", () => {
    expect(offered("sharding")).toEqual([]);
    expect(offered("sharding", { gpus: 2, shard: "zero2" })).toEqual(["shard-zero1", "shard-zero3", "shard-fsdp2"]);
  });
});

describe("knobs of the host", () => {
  test("offer more than is offloaded already", () => {
    expect(offered("offload")).toEqual(["offload-optimizer", "offload-all"]);
    expect(offered("offload", { offload: "optimizer" })).toEqual(["offload-all"]);
    expect(offered("offload", { offload: "all" })).toEqual([]);
  });
});

describe("knobs of the method", () => {
  test("are lighter ones, each shown beside those that are", () => {
    expect(offered("method", { method: "full" })).toEqual(["method-lora", "method-qlora-int8", "method-qlora"]);
    expect(offered("method")).toEqual(["method-qlora-int8", "method-qlora"]);
    expect(offered("method", { method: "qlora" })).toEqual([]);
    const [lora] = knobs({ method: "full", show: ["full"] }).filter(({ subject }) => subject === "method");
    expect(lora?.patch).toEqual({ method: "lora", show: ["full", "lora"] });
  });

  test("are another format of the base beside LoRA, and learn less than full fine-tuning", () => {
    const paid = (method: Choices["method"]) =>
      knobs({ method })
        .filter(({ subject }) => subject === "method")
        .map((knob) => [knob.phrase, groupOf(knob)]);
    expect(paid("lora")).toEqual([
      ["use an int8 base", "format"],
      ["use a 4-bit base (QLoRA)", "format"],
    ]);
    expect(paid("full")).toEqual([
      ["use LoRA", "learns-less"],
      ["use LoRA on an int8 base", "learns-less"],
      ["use QLoRA", "learns-less"],
    ]);
  });

  test("of a quantised base are for QLoRA alone", () => {
    expect(offered("quantization", { dq: false })).toEqual([]);
    expect(offered("quantization", { method: "qlora" })).toEqual([]);
    expect(offered("quantization", { method: "qlora", quant: "gptq" })).toEqual(["quant-nf4"]);
    expect(offered("quantization", { method: "qlora", quant: "unsloth-dynamic" })).toEqual(["quant-nf4"]);
    expect(offered("kbit")).toEqual([]);
    expect(offered("kbit", { method: "qlora", kbit: "trl" })).toEqual(["kbit-none"]);
  });

  test("of adapters are none where there are none", () => {
    const subjects = knobs({ method: "full", dora: true, save: ["lm_head"] }).map(({ subject }) => subject);
    for (const subject of ["adapters", "targets", "rank", "dora", "save"]) expect(subjects).not.toContain(subject);
  });
});

describe("knobs of adapters", () => {
  test("keep them in 16 bits where they are not", () => {
    expect(offered("adapters", { adapters: "fp32" })).toEqual(["adapters-bf16"]);
    expect(offered("adapters", { adapters: "fp16" })).toEqual([]);
  });

  test("target less than is targeted, and any preset where modules were named", () => {
    expect(offered("targets", { targets: "q-v" })).toEqual([]);
    expect(offered("targets", { targets: "attention" })).toEqual(["targets-q-v"]);
    expect(offered("targets", { targets: ["q_proj"] })).toHaveLength(4);
    expect(offered("targets", { targets: ["q_proj"] }).at(-1)).toBe("targets-all-linear");
    expect(knobs({ targets: ["q_proj"] }).find(({ id }) => id === "targets-all-linear")).toMatchObject({
      title: "Target all linears",
      phrase: "target all linears",
    });
  });

  test("take a power of two as rank, none under 4, and keep a scale that was chosen", () => {
    const ranks = (r: number) => rungs("rank", { r }).map(({ patch }) => patch);
    expect(ranks(4)).toEqual([]);
    expect(ranks(5)).toEqual([{ r: 4 }]);
    expect(ranks(16)).toEqual([{ r: 4 }, { r: 8 }]);
    expect(ranks(1024).at(-1)).toEqual({ r: 512 });
    expect(rungs("rank", { method: "full", r: 64 })).toEqual([]);
    expect(rungs("rank", { r: 16 })[1]).toMatchObject({
      id: "r",
      title: "Rank 16 to 8",
      phrase: "lower the rank to 8",
      detail: "Alpha stays twice the rank.",
    });
    expect(rungs("rank", { r: 32, alpha: 64 }).at(-1)).toMatchObject({
      phrase: "lower the rank to 16 with alpha 32",
      detail: "Alpha 64 to 32: the scale is kept.",
      patch: { r: 16, alpha: 32 },
    });
  });
});

test("an optimizer's own format of states goes with it", () => {
  const patchOfPaged = (states: Choices["states"]): Partial<Choices> | undefined =>
    knobs({ states }).find(({ id }) => id === "optim-paged_adamw_32bit")?.patch;
  expect(patchOfPaged(null)).toEqual({ optim: "paged_adamw_32bit" });
  expect(patchOfPaged("fp32")).toEqual({ optim: "paged_adamw_32bit", states: null });
  expect(knobs({ states: "fp32" }).find(({ id }) => id === "optim-paged_adamw_32bit")).toMatchObject({
    phrase: "use paged AdamW with states in its own format",
    detail: "States in its own format.",
  });
});

test("no change is offered with which another tuner would be run than the one that was asked for", () => {
  const vera = knobs({ tuner: "vera", dora: true }).map(({ id }) => id);
  const lora = knobs({ dora: true }).map(({ id }) => id);
  expect(lora.filter((id) => !vera.includes(id))).toEqual(
    expect.arrayContaining(["stack-unsloth", "stack-axolotl", "dora-off"]),
  );
  expect(vera).toEqual(expect.arrayContaining(["loss-fused", "method-qlora", "stack-trl"]));
});

test("several knobs together are all their changes, and the method that they are for", () => {
  const [fused, , , flash] = knobs();
  if (fused === undefined || flash === undefined) throw new Error("there are knobs of loss and attention");
  expect(patchOf({ ...DEFAULT_CHOICES, method: "lora" }, [fused, flash])).toEqual({
    method: "lora",
    loss: "fused",
    attn: "flash",
  });
  expect(patchOf({ ...DEFAULT_CHOICES, method: "full" }, [])).toEqual({ method: "full" });
});

const ANY_KNOB: Knob = { id: "any", subject: "any", title: "Any", phrase: "any", price: "accumulation", patch: {} };

test("a smaller micro batch on more cards keeps the rows of an update, by either order", () => {
  const choices = { ...DEFAULT_CHOICES, batch: 8, accum: 8 };
  const smaller: Knob = { ...ANY_KNOB, subject: "batch", patch: { batch: 1, accum: 64 } };
  const more: Knob = { ...ANY_KNOB, subject: "cards", patch: { gpus: 16, accum: 8 } };
  for (const knobs of [
    [smaller, more],
    [more, smaller],
  ])
    expect(patchOf(choices, knobs)).toMatchObject({ batch: 1, gpus: 16, accum: 4 });
  // 24 cards have no whole share of 64 rows: each keeps its own.
  const odd: Knob = { ...more, patch: { gpus: 24, accum: 8 } };
  expect(patchOf(choices, [odd, smaller])).toMatchObject({ batch: 1, gpus: 24, accum: 64 });
});
