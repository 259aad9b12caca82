import { describe, expect, test } from "vitest";
import type { Matrix } from "#calc/model/tuner-tensors.ts";
import { ALL_TUNERS } from "#calc/modules/tuners/all-tuners.ts";
import type { TunerId } from "#calc/model/tuner-id.ts";
import { lora } from "../lora.ts";

const MATRIX: Matrix = { kind: "linear", path: "self_attn.q_proj", in_features: 4096, out_features: 1024 };

const shapesOf = (id: TunerId, kind: Matrix["kind"] = "linear"): unknown =>
  Object.fromEntries(
    ALL_TUNERS[id]
      .tensors({ ...MATRIX, kind }, lora({ r: 8 }))
      .map(({ name, shape, shared = false }) => [shared ? `shared ${name}` : name, shape]),
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
});

describe("What of a tuner ranks cut with the matrix", () => {
  test.each(["lora", "dora"] as const)("%s: B with its columns, A with its rows", (id) => {
    const { divides } = ALL_TUNERS[id];
    expect(divides?.("columns")).toEqual(["lora_B"]);
    expect(divides?.("rows")).toEqual(["lora_A"]);
  });
  test("VeRA: PEFT cannot divide it", () => expect(ALL_TUNERS.vera.divides).toBeNull());
});
