import { describe, expect, test } from "vitest";
import { settingDifferences } from "#advice/setting-differences.ts";
import { changedFields } from "#scenario/choices/settle.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { differenceWords } from "#panels/compare/CompareColumns.tsx";
import { settledOf } from "../answered.ts";

const named = (patch: Partial<Choices>) => settledOf({ ...patch, show: ["lora"] });
const apart = (after: Partial<Choices>, before: Partial<Choices> = {}): readonly string[] =>
  settingDifferences(named(before), named(after)).map((each) => `${each.name} ${each.before} → ${each.after}`);

describe("settings that differ are said in the page's words", () => {
  test.each<readonly [Partial<Choices>, string]>([
    [{ optim: "paged_adamw_32bit" }, "optimizer AdamW, fused → AdamW, paged"],
    [{ loss: "inplace" }, "loss full → in place"],
    [{ attn: "flash" }, "attention SDPA → flash"],
    [{ offload: "optimizer" }, "offload none → optimizer"],
    [{ selective: "op" }, "selective checkpointing whole → by operation"],
    [{ selective: 4 }, "selective checkpointing whole → one in 4"],
    [{ targets: "attention" }, "targets all linear → attention"],
    [{ targets: ["q_proj", "v_proj"] }, "targets all linear → q_proj, v_proj"],
    [{ quant: "int8" }, "quantised base NF4 → int8"],
    [{ kbit: "axolotl" }, "k-bit preparation fp32 → Axolotl"],
    [{ kbit: "trl" }, "k-bit preparation fp32 → TRL to 0.10"],
    [{ stack: "llama-factory" }, "stack Transformers + PEFT → LLaMA-Factory"],
    [{ liger: true }, "Liger’s kernels off → on"],
    [{ reentrant: true }, "reentrant checkpoints off → on"],
    [{ tuner: "vera" }, "tuner LoRA → VeRA"],
    [{ weights: 1 }, "weights bf16 → 1 B"],
    [{ save: ["lm_head"] }, "modules saved whole none → lm_head"],
    [{ used: 0.5 }, "GiB in use 0 → 0.5"],
    [{ dropout: 0.05, seq: 4096 }, "sequence 2,048 → 4,096"],
    [{ packing: !DEFAULT_CHOICES.packing }, "packing on → off"],
  ])("%j is %j", (patch, words) => {
    expect(apart(patch)).toContain(words);
  });

  test("with what stands where a library has no such setting", () => {
    expect(apart({ stack: "unsloth" }, { liger: true, reentrant: true })).toEqual(
      expect.arrayContaining(["Liger’s kernels on → off", "reentrant checkpoints on → as the library has them"]),
    );
    expect(apart({ stack: "axolotl", lorakernels: false }, { stack: "axolotl" })).toEqual([
      "fused LoRA kernels on → off",
    ]);
  });

  test("with the sharding that follows from how many GPUs there are", () => {
    expect(apart({ gpus: 2 })).toEqual(["GPUs 1 → 2", "sharding none → FSDP 2"]);
    expect(apart({ gpus: 2, shard: "zero2" }, { gpus: 2 })).toEqual(["sharding FSDP 2 → ZeRO 2"]);
  });

  test("with how a quantised base follows from the library, for QLoRA", () => {
    const model: Choices["model"] = { kind: "catalog", id: "mixtral-8x7b" };
    const stack = "Transformers + PEFT → Unsloth";
    expect(apart({ model, method: "qlora", stack: "unsloth" }, { model, method: "qlora" })).toEqual([
      `stack ${stack}`,
      "experts 16-bit → 4-bit",
      "k-bit preparation fp32 → none",
    ]);
    expect(apart({ model, stack: "unsloth" }, { model })).toEqual([`stack ${stack}`]);
    const packed: Partial<Choices> = { model, method: "qlora", experts: "4bit" };
    expect(apart({ ...packed, stack: "unsloth" }, packed)).toEqual([
      `stack ${stack}`,
      "reading of experts saved for backward → rebuilt in backward",
      "k-bit preparation fp32 → none",
    ]);
  });

  test("with the format of what is trained where nobody chose one for gradients", () => {
    expect(apart({ grads: "bf16" })).toEqual(["gradients as trained → bf16"]);
    expect(apart({ grads: "bf16", states: "fp32" })).toContain("optimizer states as trained → fp32");
  });
});

type PageField = "show" | "embed" | "theme" | "only" | "hide" | "lock" | "unknown";

/** Another value than the default's for each field of a scenario: a new field does not compile without one. */
const OTHERS: { readonly [Field in Exclude<keyof Choices, PageField>]: Choices[Field] } = {
  model: { kind: "size", params: 9e9 },
  method: "qlora",
  stack: "unsloth",
  weights: "fp32",
  grads: "bf16",
  states: "fp32",
  adapters: "bf16",
  autocast: false,
  quant: "int8",
  dq: false,
  kbit: "none",
  r: 64,
  alpha: 16,
  dropout: 0.1,
  targets: "q-v",
  dora: true,
  save: ["lm_head"],
  batch: 4,
  seq: 4096,
  accum: 8,
  packing: false,
  ckpt: false,
  selective: "op",
  actoffload: true,
  attn: "eager",
  loss: "chunked",
  optim: "adafactor",
  gpu: { kind: "custom", memoryBytes: 40 * 2 ** 30, unit: "GiB" },
  used: 2,
  gpus: 4,
  shard: "zero3",
  offload: "all",
  tp: 2,
  sp: true,
  cp: 2,
  pp: 2,
  ulysses: 2,
  experts: "4bit",
  expertread: "rebuilt",
  compute: "fp16",
  alloc: "expandable",
  liger: true,
  lorakernels: true,
  reentrant: true,
  ep: 2,
  tuner: "vera",
  lengths: "uniform",
  eval: 8,
  evalseq: 512,
  evalkeep: "logits",
  evalbatches: 4,
  evalmove: 2,
  evallist: true,
  evalgen: 64,
  saving: "full",
  merge: "safe",
  resume: true,
  loading: "device",
  objective: "dpo",
  ref: "copy",
  prompt: 512,
  completion: 256,
  fill: 0.5,
  beta: 0.04,
  kl: false,
  engine: "vllm-colocate",
  gensteps: 4,
  generations: 4,
  vllm: 0.5,
  sleep: true,
  teacher: "llama-3.1-70b",
  teacherdtype: "bf16",
};

describe("every field of a scenario", () => {
  const fields = Object.keys(OTHERS) as (keyof typeof OTHERS)[];

  test("is all that can differ but what only the page shows", () => {
    const all = changedFields(DEFAULT_CHOICES, { ...DEFAULT_CHOICES, ...OTHERS });
    expect(all.toSorted()).toEqual(fields.toSorted());
    const left = Object.keys(DEFAULT_CHOICES).filter((field) => !(fields as readonly string[]).includes(field));
    for (const field of left) expect(["show", "embed", "theme", "only", "hide", "lock", "unknown"]).toContain(field);
  });

  const first = named({});

  test.each(fields)("is said where it alone differs: %s", (field) => {
    // Some do not go together with the defaults, which an answer mends; what was chosen is what Compare says.
    const patch = { [field]: OTHERS[field] };
    const after = { ...named(patch), choices: { ...first.choices, ...patch } };
    expect(settingDifferences(first, after)).toContainEqual(expect.objectContaining({ field }));
    expect(differenceWords(after, first)[0]).not.toBe("The same choices as A");
  });
});

test("a teacher is said by its name, and as the model itself where none is chosen", () => {
  const distill: Partial<Choices> = { objective: "distill", model: { kind: "catalog", id: "llama-3.1-8b" } };
  expect(apart({ ...distill, teacher: "llama-3.1-70b" }, distill)).toEqual([
    "teacher the model itself → Llama 3.1 70B",
  ]);
  expect(apart({ ...distill, teacherdtype: "bf16" }, distill)).toEqual(["teacher type fp32 → bf16"]);
});

test("what goes with an objective is said in words", () => {
  const grpo: Partial<Choices> = { objective: "grpo", beta: 0.04 };
  expect(apart({ objective: "dpo" })).toEqual(["objective SFT → DPO"]);
  expect(apart({ objective: "dpo", ref: "copy-4bit" }, { objective: "dpo" })).toEqual([
    "reference model adapters off → a copy in 4 bits",
  ]);
  expect(apart({ ...grpo, engine: "vllm-server" }, grpo)).toEqual([
    "generation engine transformers → vLLM on other GPUs",
  ]);
  expect(apart({ objective: "dpo", prompt: 256 }, { objective: "dpo" })).toEqual([
    "prompt tokens half of the sequence → 256",
  ]);
});
