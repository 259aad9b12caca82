import { describe, expect, test } from "vitest";
import { type AskedDivision, dividedBy } from "#calc/parallel/parallel.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";

const architectureOf = (id: string) => {
  const row = FULL_CATALOG.models[id];
  if (row === undefined) throw new Error(`the catalog has ${id}`);
  return row.architecture;
};

const ask = (patch: Partial<AskedDivision>, model = "llama-3.1-8b") => {
  const { division, refused } = dividedBy(
    { gpus: 8, tp: 1, sp: false, cp: 1, pp: 1, accum: 8, attn: null, ...patch },
    architectureOf(model),
  );
  return { division, why: refused.map(({ key, used, why }) => `${key}=${used}: ${why}`) };
};

describe("GPUs that are asked to divide a model", () => {
  test("do so in all ways at once, as far as they go into the GPUs", () => {
    expect(ask({ tp: 2, sp: true, cp: 2, pp: 2 })).toEqual({
      division: { tp_size: 2, sequence_parallel: true, cp_size: 2, pp_size: 2 },
      why: [],
    });
    expect(ask({})).toEqual({ division: undefined, why: [] });
  });

  test.each<readonly [string, Partial<AskedDivision>, string | undefined, string]>([
    ["heads are never split", { gpus: 3, tp: 3 }, undefined, "tp=1: does not divide 32 attention heads"],
    ["nor those of keys", { gpus: 16, tp: 16 }, undefined, "tp=1: does not divide 8 key-value heads"],
    ["a model without a plan", { tp: 2 }, "gpt2", "tp=1: is not here for gpt2"],
    ["a plan that gathers inside layers", { tp: 2 }, "phi-3-mini-4k", "tp=1: is not here for phi3"],
    ["GPUs that are no multiple", { gpus: 6, tp: 4 }, undefined, "tp=1: does not divide 6 GPUs"],
    ["one GPU", { gpus: 1, cp: 2 }, undefined, "cp=1: does not divide 1 GPU"],
    [
      "what is left of the GPUs",
      { tp: 4, cp: 4 },
      undefined,
      "cp=1: times the 4 ranks before it does not divide 8 GPUs",
    ],
    ["sequence parallelism alone", { sp: true }, undefined, "sp=0: belongs to tp above 1"],
    ["a ring of another kernel", { cp: 2, attn: "flash" }, undefined, "cp=1: goes with attn=sdpa, and attn is flash"],
    ["a state that goes from token to token", { cp: 2 }, "lfm2-1.2b", "cp=1: is not here for lfm2"],
    ["fewer micro batches than stages", { pp: 4, accum: 2 }, undefined, "pp=1: takes at least 4 micro batches"],
    ["fewer layers than stages", { gpus: 64, pp: 64, accum: 64 }, undefined, "pp=1: is more than 32 layers"],
    ["layers that are handed more", { pp: 2 }, "gemma-3n-e2b", "pp=1: is not here for gemma3n"],
  ])("are refused %s", (_, patch, model, why) => {
    const [first] = ask(patch, model).why;
    expect(first).toContain(why);
  });
});
