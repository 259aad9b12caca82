import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { saidOf } from "../../answered.ts";

const read = (search: string): readonly string[] =>
  decodeLink(`?v=1&${search}`, FULL_CATALOG).issues.map(({ message }) => message);

/** What the page says of choices that do not go together, whatever the link looked like. */
const answered = (search: string): readonly string[] => saidOf(`${search}&show=lora`);

describe("a link is told what it says in vain:", () => {
  test.each([
    ["model=x", "model=x is not a model of the catalog; nothing is estimated."],
    ["gpu=custom", "gpu=custom needs vram (such as 24 or 24GiB) beside it; nothing is estimated."],
    ["gpu=custom&vram=x", "vram=x is not a memory size such as 24 or 24GiB; nothing is estimated."],
    [
      "model=custom&arch=unheard.h64.f128.l2.a2.k2.d32.v1000.t0",
      "arch=unheard.h64.f128.l2.a2.k2.d32.v1000.t0 has the type unheard, whose code Headroom does not know; nothing is estimated.",
    ],
    ["model=custom&params=x", "params=x is not a size such as 7B, 350M or 7e9; nothing is estimated."],
    ["selective=x", "selective=x is none of none, op, nor a number from 2 on; what the stack does is used."],
    ["selective=2.5", "selective=2.5 is not a whole number; selective=3 is used."],
    ["alloc=x", "alloc=x is none of default, expandable, nor split: with a number; alloc=default is used."],
    ["alloc=split", "alloc=split is none of default, expandable, nor split: with a number; alloc=default is used."],
    ["alloc=512", "alloc=512 is none of default, expandable, nor split: with a number; alloc=default is used."],
    ["alloc=split:x", "alloc=split:x is none of default, expandable, nor split: with a number; alloc=default is used."],
    ["alloc=split:20.5", "alloc=split:20.5 is not a whole number; alloc=split:21 is used."],
    [
      "lengths=lognormal",
      "lengths=lognormal is none of fixed, uniform, nor lognormal: with a number; lengths=fixed is used.",
    ],
    [
      "lengths=split:512",
      "lengths=split:512 is none of fixed, uniform, nor lognormal: with a number; lengths=fixed is used.",
    ],
    ["eval=x", "eval=x is not a number; eval=0 is used."],
    ["evalseq=x", "evalseq=x is not a number; that of seq is used."],
    ["evalkeep=all", "evalkeep=all is none of loss, logits, argmax; evalkeep=loss is used."],
    ["evallist=yes", "evallist=yes is neither 0 nor 1; evallist=0 is used."],
    ["saving=all", "saving=all is none of none, adapter, full, sharded; saving=none is used."],
    ["merge=2", "merge=2 is none of 0, 1, safe; merge=0 is used."],
    ["loading=disk", "loading=disk is none of none, device, host; loading=none is used."],
    ["show=none", "show=none names not a method; nothing is estimated."],
    ["show=x", "show=x names x, which is not a method; nothing is estimated."],
    ["only=x", "only=x names x, which is not a panel; none is used."],
    ["targets=none", "targets=none names no module; targets=all-linear is used."],
    ["targets=1", "targets=1 names 1, which is not a module name; targets=all-linear is used."],
    [
      "targets=c_attn",
      "targets=c_attn names c_attn, a module that the model does not have; targets=all-linear is used.",
    ],
    ["shard=x", "shard=x is none of none, ddp, zero1, zero2, zero3, fsdp1, fsdp2; what follows from gpus is used."],
    ["used=x", "used=x is not a number; used=0 is used."],
    [
      "model=custom&params=7B&arch=llama.h4096.l32.a32.k32.d128.v32000.t0.f11008",
      "params=7B says less than the arch beside it; model=custom is used.",
    ],
    [
      "model=custom&arch=llama.h4096.l32.a32.k32.v32000.t0.f11008",
      "arch=llama.h4096.l32.a32.k32.v32000.t0.f11008 lacks d (head_dim), taken to be 128; arch=llama.h4096.f11008.l32.a32.k32.d128.v32000.t0 is used.",
    ],
    [
      `model=custom&arch=llama.act:${"x".repeat(600)}.h8.l1.a1.k1.d8.v8.t0.f8`,
      /takes 6\d\d characters, and more than 600 no link carries; nothing is estimated\.$/,
    ],
  ])("%s", (search, message) => {
    expect(read(search)).toEqual([typeof message === "string" ? message : expect.stringMatching(message)]);
  });
});

test.each([
  ["r=ten", "not-a-number"],
  ["alpha=x", "not-a-number"],
  ["gpu=custom&vram=x", "not-a-number"],
  ["model=custom&params=x", "not-a-number"],
  ["r=0", "out-of-range"],
  ["r=9999", "out-of-range"],
  ["r=1.5", "out-of-range"],
  ["model=x", "unknown-value"],
  ["theme=x", "unknown-value"],
  ["dq=x", "unknown-value"],
  ["selective=x", "unknown-value"],
  ["weights=x", "unknown-value"],
  ["alloc=split:x", "unknown-value"],
  ["alloc=split:19", "out-of-range"],
  ["lengths=x", "unknown-value"],
  ["only=x", "unknown-value"],
  ["show=none", "unknown-value"],
  ["targets=none", "unknown-value"],
  ["targets=1", "unknown-value"],
  ["save=x", "unknown-value"],
  ["model=custom", "missing-field"],
  ["gpu=custom", "missing-field"],
  ["quant=int8", "ignored-here"],
  ["params=7B", "ignored-here"],
  ["vram=24", "ignored-here"],
])("%s is an issue of the kind %s, for programs", (search, code) =>
  expect(decodeLink(`?v=1&${search}`, FULL_CATALOG).issues.map((issue) => issue.code)).toEqual([code]),
);

describe("choices that do not go together are named:", () => {
  test.each([
    ["ckpt=0&selective=2", "selective=2 belongs to ckpt=1; selective=none is used."],
    [
      "stack=unsloth&ckpt=0&actoffload=1",
      "actoffload=1 moves checkpoints with this library, and ckpt=0 has none; actoffload=0 is used.",
    ],
    ["stack=litgpt&actoffload=1", "actoffload=1 is nothing that LitGPT has; actoffload=0 is used."],
    ["gpu=gb10&offload=all", "offload=all moves nothing where CPU and GPU share one memory; offload=none is used."],
    ["gpu=gb10&actoffload=1", "actoffload=1 moves nothing where CPU and GPU share one memory; actoffload=0 is used."],
    ["stack=axolotl&tuner=vera", "tuner=vera is nothing that this library has; tuner=lora is used."],
    ["tuner=vera&dora=1", "dora=1 belongs to tuner=lora, and tuner is vera; dora=0 is used."],
    ["lengths=lognormal:2049", "lengths=lognormal:2049 has a mean above seq=2048; lengths=lognormal:2048 is used."],
    [
      "gpus=2&shard=zero3&alloc=expandable",
      "alloc=expandable is not counted with DeepSpeed’s third stage, whose allocations are not known in order; alloc=default is used.",
    ],
    [
      "gpus=2&tp=2&lengths=uniform",
      "lengths=uniform is not counted where GPUs divide the model itself; lengths=fixed is used.",
    ],
    [
      "offload=optimizer&lengths=uniform",
      "lengths=uniform is not counted where parts are kept in host memory; lengths=fixed is used.",
    ],
    ["stack=article&alloc=split:512", "alloc=split:512 is nothing that a rule of thumb counts; alloc=default is used."],
    [
      "gpu=apple-m3-max-64gb&alloc=expandable",
      "alloc=expandable is for PyTorch’s allocator with CUDA or ROCm, and the card has another; alloc=default is used.",
    ],
    [
      "gpu=apple-m3-max-64gb&lengths=lognormal:9999",
      "lengths=lognormal:9999 is for PyTorch’s allocator with CUDA or ROCm, and the card has another; lengths=fixed is used.",
    ],
    [
      "method=qlora&show=qlora&quant=gptq&alloc=expandable",
      "alloc=expandable is not counted with these formats of weights, gradients or states, or a step of so many tensors; alloc=default is used.",
    ],
    [
      "method=qlora&show=qlora&quant=int8&lengths=uniform",
      "lengths=uniform is not counted with these formats of weights, gradients or states, or a step of so many tensors; lengths=fixed is used.",
    ],
    [
      "model=deepseek-v3&targets=q-v",
      "targets=q-v is not offered for this model, whose modules do not divide that way; targets=all-linear is used.",
    ],
  ])("%s", (search, message) => expect(answered(search)).toEqual([message]));

  test.each([
    "ckpt=0&selective=none",
    "selective=2",
    "actoffload=1",
    "gpu=gb10",
    "tuner=vera",
    "ckpt=0",
    "ckpt=0&actoffload=1",
    "stack=unsloth&actoffload=1",
    "stack=litgpt",
    "alloc=expandable&lengths=uniform",
    "alloc=split:512&lengths=lognormal:2048",
    "gpu=mi300x&alloc=expandable",
    "method=qlora&show=full,lora,qlora&quant=gptq&alloc=expandable",
    "method=qlora&show=qlora&quant=gptq",
    "gpus=2",
    "stack=article",
    "gpu=apple-m3-max-64gb",
  ])("and nothing is said of %s", (search) => expect(answered(search)).toEqual([]));
});
