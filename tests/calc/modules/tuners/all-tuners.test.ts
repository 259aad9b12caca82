import { describe, expect, test } from "vitest";
import { type Matrix, isUnquantized, type TunerId } from "#calc/model/tuners.ts";
import { ALL_TUNERS } from "#calc/modules/tuners/all-tuners.ts";
import { lora } from "../../lora.ts";

const MATRIX: Matrix = { kind: "linear", path: "self_attn.q_proj", in_features: 4096, out_features: 1024 };

const shapesOf = (id: TunerId, kind: Matrix["kind"] = "linear"): unknown =>
  Object.fromEntries(
    ALL_TUNERS[id]
      .tensors({ ...MATRIX, kind }, lora({ r: 8 }), "bf16")
      .map(({ name, shape, shared }) => [shared === undefined ? name : `shared ${name}`, shape]),
  );

const LOW_RANK = { "lora_A.weight": [8, 4096], "lora_B.weight": [1024, 8] };

test("each tuner has the name that it is listed under", () => {
  for (const [id, tuner] of Object.entries(ALL_TUNERS)) expect(tuner.id).toBe(id);
});

describe("What a tuner puts beside a matrix", () => {
  test("LoRA: A and B, beside embeddings and experts, too", () => {
    for (const kind of ["linear", "embedding", "experts"] as const) expect(shapesOf("lora", kind)).toEqual(LOW_RANK);
  });

  test("DoRA: the same and a magnitude for each output, but not beside experts", () => {
    for (const kind of ["linear", "embedding"] as const)
      expect(shapesOf("dora", kind)).toEqual({ ...LOW_RANK, "lora_magnitude_vector.weight": [1024] });
    expect(shapesOf("dora", "experts")).toEqual(LOW_RANK);
  });

  test("VeRA: two vectors, and their part of two matrices that all linears share; nothing beside anything else", () => {
    expect(shapesOf("vera")).toEqual({
      "shared vera_A": [8, 4096],
      "shared vera_B": [1024, 8],
      vera_lambda_b: [1024],
      vera_lambda_d: [8],
    });
    for (const kind of ["embedding", "experts"] as const) expect(shapesOf("vera", kind)).toEqual({});
  });

  test("IA3: a vector as long as the output, or as the input of the matrix that ends an MLP", () => {
    expect(shapesOf("ia3")).toEqual({ ia3_l: [1024, 1] });
    const ending = ALL_TUNERS.ia3.tensors({ ...MATRIX, path: "mlp.down_proj" }, lora({ r: 8 }), "bf16");
    expect(ending).toEqual([{ name: "ia3_l", shape: [1, 4096] }]);
  });

  test("LoRA-FA: LoRA's, of which A is frozen", () => {
    expect(ALL_TUNERS.lorafa.tensors(MATRIX, lora({ r: 8 }), "bf16")).toEqual([
      { name: "lora_A.weight", shape: [8, 4096], frozen: true },
      { name: "lora_B.weight", shape: [1024, 8] },
    ]);
  });

  test("LoHa: two pairs of matrices", () =>
    expect(shapesOf("loha")).toEqual({
      hada_w1_a: [1024, 8],
      hada_w1_b: [8, 4096],
      hada_w2_a: [1024, 8],
      hada_w2_b: [8, 4096],
    }));

  test("LoKr: both sides in two factors near their roots; the second matrix is whole from half its longer side on", () => {
    expect(shapesOf("lokr")).toEqual({ lokr_w1: [32, 64], lokr_w2_a: [32, 8], lokr_w2_b: [8, 64] });
    expect(ALL_TUNERS.lokr.tensors(MATRIX, lora({ r: 32 }), "bf16").map(({ name, shape }) => [name, shape])).toEqual([
      ["lokr_w1", [32, 64]],
      ["lokr_w2", [32, 64]],
    ]);
    const prime = { ...MATRIX, in_features: 127, out_features: 127 };
    expect(ALL_TUNERS.lokr.tensors(prime, lora({ r: 100 }), "bf16")[0]?.shape).toEqual([1, 1]);
  });

  test("OFT: what is above the diagonal of each block, and where that lies", () => {
    expect(shapesOf("oft")).toEqual({ "oft_R.weight": [512, 28] });
    expect(ALL_TUNERS.oft.buffers?.(MATRIX, lora({ r: 8 }))).toEqual([
      { elements: 28, dtype: "int64" },
      { elements: 28, dtype: "int64" },
    ]);
  });

  test.each([
    [5, [1024, 6]],
    [3, [2048, 1]],
    [6, [1024, 6]],
    [5000, [1, (4096 * 4095) / 2]],
  ])("OFT's block of %d is the divisor of the input nearest to it, the smaller of two", (r, shape) =>
    expect(ALL_TUNERS.oft.tensors(MATRIX, lora({ r }), "bf16")[0]?.shape).toEqual(shape),
  );

  test("VB-LoRA: what chooses each part's vectors, and their part of the bank", () => {
    expect(shapesOf("vblora")).toEqual({
      vblora_logits_A: [8, 16, 256],
      vblora_logits_B: [4, 8, 256],
      "shared vblora_vector_bank": [256, 256],
    });
    expect(ALL_TUNERS.vblora.whyNot?.(MATRIX)).toBeNull();
    expect(ALL_TUNERS.vblora.whyNot?.({ ...MATRIX, out_features: 896 })).toMatch(/no multiples of 256/);
    expect(ALL_TUNERS.vblora.whyNot?.({ ...MATRIX, in_features: 896 })).toMatch(/no multiples of 256/);
  });

  test("AdaLoRA: LoRA's, and singular values; its rank is trained where PEFT casts it to fp32", () => {
    const tensors = (adapters: "fp32" | "bf16", base: "fp32" | "bf16" | null): unknown =>
      ALL_TUNERS.adalora.tensors(MATRIX, lora({ r: 8, adapters }), base).at(-1);
    expect(shapesOf("adalora")).toEqual({ lora_A: [8, 4096], lora_B: [1024, 8], lora_E: [8, 1], ranknum: [1] });
    expect(tensors("fp32", "bf16")).toEqual({ name: "ranknum", shape: [1] });
    for (const [adapters, base] of [
      ["bf16", "bf16"],
      ["fp32", "fp32"],
      ["fp32", null],
    ] as const)
      expect(tensors(adapters, base)).toEqual({ name: "ranknum", shape: [1], frozen: true });
  });

  test("prompt tuning: as many rows as virtual tokens beside the embedding, and nothing beside anything else", () => {
    expect(shapesOf("prompt_tuning", "embedding")).toEqual({ "embedding.weight": [8, 1024] });
    for (const kind of ["linear", "experts"] as const) expect(shapesOf("prompt_tuning", kind)).toEqual({});
  });

  test.each(["ia3", "lorafa", "loha", "lokr", "oft", "vblora", "adalora"] as const)(
    "%s: nothing beside embeddings and experts",
    (id) => {
      for (const kind of ["embedding", "experts"] as const) expect(shapesOf(id, kind)).toEqual({});
    },
  );
});

test("a tuner without a quantised base is named where choices are checked", () => {
  for (const [id, { bases }] of Object.entries(ALL_TUNERS))
    expect(isUnquantized(id as TunerId)).toBe(bases.length === 0);
});

describe("What of a tuner ranks cut with the matrix", () => {
  test.each(["lora", "dora"] as const)("%s: B with its columns, A with its rows", (id) => {
    const { divides } = ALL_TUNERS[id];
    expect(divides?.("columns")).toEqual(["lora_B"]);
    expect(divides?.("rows")).toEqual(["lora_A"]);
  });
  test.each(["vera", "ia3", "lorafa", "loha", "lokr", "oft", "vblora", "adalora", "prompt_tuning"] as const)(
    "%s: nothing",
    (id) => expect(ALL_TUNERS[id].divides).toBeNull(),
  );
});
