import { ENGINE } from "#calc/whole-engine.ts";
import type { AskedDivision } from "#calc/model/division.ts";
import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";

const architectureOf = (id: string) => {
  const row = FULL_CATALOG.models[id];
  if (row === undefined) throw new Error(`the catalog has ${id}`);
  return row.architecture;
};

const ASKED: AskedDivision = {
  gpus: 8,
  tp: 1,
  sp: false,
  cp: 1,
  ulysses: 1,
  pp: 1,
  ep: 1,
  accum: 8,
  attn: null,
  loss: null,
  dividesLoss: false,
};

const ask = (patch: Partial<AskedDivision>, model = "llama-3.1-8b") => {
  const { division, refused } = ENGINE.dividedBy({ ...ASKED, ...patch }, architectureOf(model));
  return { division, why: refused.map(({ key, used, why }) => `${key}=${used}: ${why}`) };
};

describe("GPUs that are asked to divide a model", () => {
  test("do so in all ways at once, as far as they go into the GPUs", () => {
    expect(ask({ tp: 2, sp: true, cp: 2, pp: 2 })).toEqual({
      division: {
        tp_size: 2,
        sequence_parallel: true,
        loss_parallel: false,
        cp_size: 2,
        ulysses_size: 1,
        pp_size: 2,
      },
      why: [],
    });
    expect(ask({})).toEqual({ division: undefined, why: [] });
    // Heads that a plan leaves whole need not divide.
    expect(ask({ tp: 8 }, "phi-4")).toMatchObject({ division: { tp_size: 8 }, why: [] });
  });

  test("share out heads alone, all of them", () => {
    expect(ask({ ulysses: 8 })).toMatchObject({ division: { tp_size: 1, cp_size: 1, ulysses_size: 8 }, why: [] });
    // Each key-value head is repeated for two ranks.
    expect(ask({ gpus: 16, ulysses: 16 })).toMatchObject({ division: { ulysses_size: 16 }, why: [] });
  });

  test("share out experts beside the batch, and beside divided matrices", () => {
    expect(ask({ ep: 8 }, "qwen3-30b-a3b")).toMatchObject({ division: { tp_size: 1, ep_size: 8 }, why: [] });
    expect(ask({ tp: 2, ep: 4 }, "mixtral-8x7b")).toMatchObject({ division: { tp_size: 2, ep_size: 4 }, why: [] });
    expect(ask({ gpus: 4, tp: 4, ep: 4 }, "qwen3-30b-a3b").why).toEqual([]);
    expect(ask({ tp: 2 }, "qwen3-30b-a3b").division).not.toHaveProperty("ep_size");
  });

  test("divide the loss where they are asked to, or the library does, and matrices are divided", () => {
    expect(ask({ tp: 2, dividesLoss: true }).division).toMatchObject({ loss_parallel: true });
    expect(ask({ tp: 2 }).division).toMatchObject({ loss_parallel: false });
    expect(ask({ dividesLoss: true })).toEqual({ division: undefined, why: [] });
  });

  test.each<Readonly<{ what: string; asked: Partial<AskedDivision>; model?: string; why: string }>>([
    { what: "heads are never split", asked: { gpus: 3, tp: 3 }, why: "tp=1: does not divide 32 attention heads" },
    { what: "nor those of keys", asked: { gpus: 16, tp: 16 }, why: "tp=1: does not divide 8 key-value heads" },
    { what: "a model without a plan", asked: { tp: 2 }, model: "gpt2", why: "tp=1: is not here for gpt2" },
    {
      what: "a plan that does not train",
      asked: { tp: 2 },
      model: "llama-4-scout",
      why: "tp=1: is not here for llama4",
    },
    {
      what: "heads of keys of some layers",
      asked: { tp: 2 },
      model: "gemma-4-12b",
      why: "tp=1: does not divide 1 key-value head",
    },
    {
      what: "sequence parallelism around matrices that are gathered",
      asked: { tp: 2, sp: true },
      model: "phi-3-mini-4k",
      why: "sp=0: is not here for phi3",
    },
    { what: "GPUs that are no multiple", asked: { gpus: 6, tp: 4 }, why: "tp=1: does not divide 6 GPUs" },
    { what: "one GPU", asked: { gpus: 1, cp: 2 }, why: "cp=1: does not divide 1 GPU" },
    {
      what: "what is left of the GPUs",
      asked: { tp: 4, cp: 4 },
      why: "cp=1: times the 4 ranks before it does not divide 8 GPUs",
    },
    { what: "sequence parallelism alone", asked: { sp: true }, why: "sp=0: belongs to tp above 1" },
    {
      what: "a ring of another kernel",
      asked: { cp: 2, attn: "flash" },
      why: "cp=1: goes with attn=sdpa, and attn is flash",
    },
    {
      what: "a state that goes from token to token",
      asked: { cp: 2 },
      model: "lfm2-1.2b",
      why: "cp=1: is not here for lfm2",
    },
    {
      what: "a sequence that is divided already",
      asked: { cp: 2, ulysses: 2 },
      why: "ulysses=1: divides the sequence as cp does, and cp is 2",
    },
    { what: "heads that are divided already", asked: { tp: 2, ulysses: 2 }, why: "ulysses=1: shares out all" },
    { what: "heads that are no multiple", asked: { ulysses: 3 }, why: "ulysses=1: does not divide 32 attention heads" },
    {
      what: "heads of keys that neither divide nor are divided",
      asked: { gpus: 8, ulysses: 4 },
      model: "phi-3-medium-4k",
      why: "ulysses=1: neither divides 10 key-value heads",
    },
    {
      what: "eager attention over shared heads",
      asked: { ulysses: 2, attn: "eager" },
      why: "ulysses=1: goes with attn=sdpa or attn=flash",
    },
    {
      what: "attention that takes no positions",
      asked: { ulysses: 2 },
      model: "gpt2",
      why: "ulysses=1: is not here for gpt2",
    },
    { what: "a pipeline of shared heads", asked: { ulysses: 2, pp: 2 }, why: "pp=1: does not go with DeepSpeed’s" },
    {
      what: "a loss over full logits",
      asked: { loss: "parallel", dividesLoss: true },
      why: "loss=full: belongs to tp above 1",
    },
    {
      what: "sequence parallelism beside inputs of every layer, which are not divided",
      asked: { tp: 2, sp: true },
      model: "gemma-3n-e2b",
      why: "sp=0: is not here for gemma3n",
    },
    {
      what: "fewer micro batches than stages",
      asked: { pp: 4, accum: 2 },
      why: "pp=1: takes at least 4 micro batches",
    },
    { what: "fewer layers than stages", asked: { gpus: 64, pp: 64, accum: 64 }, why: "pp=1: is more than 32 layers" },
    {
      what: "layers that are handed more",
      asked: { pp: 2 },
      model: "gemma-3n-e2b",
      why: "pp=1: is not here for gemma3n",
    },
    { what: "experts of a dense model", asked: { ep: 2 }, why: "ep=1: is for fused experts, and this model has none" },
    {
      what: "experts that do not divide",
      asked: { gpus: 3, ep: 3 },
      model: "mixtral-8x7b",
      why: "ep=1: does not divide 8 experts",
    },
    {
      what: "experts over too few GPUs",
      asked: { gpus: 4, ep: 8 },
      model: "mixtral-8x7b",
      why: "ep=1: does not divide 4 GPUs",
    },
    {
      what: "experts of a model whose head is tied",
      asked: { ep: 2 },
      model: "granite-3.0-1b-a400m",
      why: "ep=1: is not here for a head that is tied",
    },
    {
      what: "experts that take every token",
      asked: { ep: 2 },
      model: "llama-4-scout",
      why: "ep=1: is not here for llama4, each of",
    },
    {
      what: "experts beside MLPs of the same plan",
      asked: { ep: 2 },
      model: "gemma-4-26b-a4b",
      why: "ep=1: is not here for gemma4",
    },
    {
      what: "experts of part of a batch",
      asked: { tp: 4, ep: 2 },
      model: "qwen3-30b-a3b",
      why: "ep=1: is no multiple of tp=4",
    },
    {
      what: "experts beside divided hidden states",
      asked: { tp: 2, sp: true, ep: 2 },
      model: "qwen3-30b-a3b",
      why: "ep=1: does not go with sp=1",
    },
    {
      what: "experts beside divided sequences",
      asked: { cp: 2, ep: 2 },
      model: "qwen3-30b-a3b",
      why: "ep=1: does not go with cp=2",
    },
    {
      what: "experts in a pipeline",
      asked: { pp: 2, ep: 2 },
      model: "qwen3-30b-a3b",
      why: "ep=1: does not go with pp=2",
    },
  ])("are refused $what", ({ asked, model, why }) => {
    const [first] = ask(asked, model).why;
    expect(first).toContain(why);
  });
});
