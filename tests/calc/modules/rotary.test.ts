import { expect, test } from "vitest";
import {
  applyRotary,
  applyRotaryPhi3,
  rotaryTables,
  type ApplyRotary,
  applyRotaryCastBack,
  applyRotaryComplex,
  applyRotaryErnie,
  applyRotaryGlm,
  applyRotaryGptJ,
  applyRotaryGptOss,
  applyRotaryHelium,
  applyRotaryInFloat,
  applyRotaryInPlace,
  applyRotaryInterleaved,
  applyRotaryLlama4,
  applyRotaryNemotron,
  applyRotaryNeoX,
  complexTables,
  halfTables,
  multimodalTables,
} from "#calc/modules/rotary.ts";
import { madeOfTables, ofBoth, rotated, type Tables } from "./rotated.ts";

test("Llama's tables: angles once, then twice side by side, cosine and sine scaled in fp32 and cast", () => {
  expect(madeOfTables(rotaryTables)).toEqual({
    "1×s×1 fp32": 1,
    "1×1×s×32 fp32": 1,
    "1×1×s×64 fp32": 1 + 2 * 2,
    "1×1×s×64 bf16": 2,
  });
});

test("Llama's rotation: two products, a half negated and put before the other, a sum", () => {
  const { made, left } = rotated(applyRotary, { width: 64, dtype: "bf16" });
  expect(made).toEqual(ofBoth({ "b×h×s×64 bf16": 4, "b×h×s×32 bf16": 1 }));
  expect(left).toEqual(ofBoth({ "b×h×s×64 bf16": 1 }));
});

test("Phi-3's rotation of the first 16 of 64 entries: the same in their width, and whole heads again", () => {
  const { made, left } = rotated(applyRotaryPhi3, { width: 16, dtype: "bf16" });
  expect(made).toEqual(ofBoth({ "b×h×s×16 bf16": 4, "b×h×s×8 bf16": 1, "b×h×s×64 bf16": 1 }));
  expect(left).toEqual(ofBoth({ "b×h×s×64 bf16": 1 }));
});

type Counts = Readonly<Record<string, number>>;

const WHOLE: Tables = { width: 64, dtype: "bf16" };
const WHOLE_FP32: Tables = { width: 64, dtype: "fp32" };
/** Of the first 16 entries of each head. */
const PARTIAL: Tables = { width: 16, dtype: "bf16" };
/** Each angle once. */
const HALF: Tables = { width: 32, dtype: "bf16" };

/** A rotation in 16 bit: two products, a half negated and put before the other, a sum. */
const IN_16_BIT = ofBoth({ "b×h×s×64 bf16": 4, "b×h×s×32 bf16": 1 });
/** The same of a part of each head, and whole heads again. */
const OF_A_PART = ofBoth({ "b×h×s×16 bf16": 4, "b×h×s×8 bf16": 1, "b×h×s×64 bf16": 1 });
/** Complex numbers: in fp32, one product, cast back. */
const COMPLEX = ofBoth({ "b×h×s×64 fp32": 2, "b×h×s×64 bf16": 1 });
/** Halves apart: four products, a difference, a sum, and whole heads again. */
const IN_HALVES = ofBoth({ "b×h×s×32 bf16": 6, "b×h×s×64 bf16": 1 });

/** @see transformers 5.24, `apply_rotary_pos_emb` in modeling_….py of each; of GPT-J modeling_gptj.py, `apply_rotary_pos_emb` */
const ROWS: readonly (readonly [of: string, apply: ApplyRotary, tables: Tables, made: Counts])[] = [
  ["OLMo", applyRotaryCastBack, WHOLE, IN_16_BIT],
  [
    "OLMo with tables in fp32",
    applyRotaryCastBack,
    WHOLE_FP32,
    ofBoth({ "b×h×s×64 fp32": 3, "b×h×s×32 bf16": 1, "b×h×s×64 bf16": 2 }),
  ],
  ["Cohere", applyRotaryInFloat, WHOLE, ofBoth({ "b×h×s×64 fp32": 5, "b×h×s×32 fp32": 1, "b×h×s×64 bf16": 1 })],
  ["Llama 4", applyRotaryLlama4, WHOLE_FP32, COMPLEX],
  ["DeepSeek-V2", applyRotaryComplex, WHOLE_FP32, COMPLEX],
  ["Helium", applyRotaryHelium, WHOLE, { ...IN_16_BIT, "1×1×s×64 bf16": 2 }],
  [
    "ERNIE 4.5",
    applyRotaryErnie,
    WHOLE_FP32,
    { ...ofBoth({ "b×h×s×64 fp32": 5, "b×h×s×32 bf16": 1, "b×h×s×64 bf16": 2 }), "1×1×s×64 fp32": 2 },
  ],
  ["Nemotron", applyRotaryNemotron, PARTIAL, OF_A_PART],
  ["GPT-NeoX", applyRotaryNeoX, PARTIAL, OF_A_PART],
  ["GLM", applyRotaryGlm, PARTIAL, { ...OF_A_PART, "1×1×s×16 bf16": 2 }],
  ["StableLM", applyRotaryInPlace, PARTIAL, OF_A_PART],
  ["GPT-J", applyRotaryGptJ, PARTIAL, { ...OF_A_PART, "1×1×s×16 bf16": 4 }],
  ["gpt-oss", applyRotaryGptOss, HALF, IN_HALVES],
  ["DeepSeek-V3", applyRotaryInterleaved, WHOLE, IN_HALVES],
];

test.each(ROWS)("%s rotates queries as keys, with as many tensors as its code makes", (_, ...row) => {
  const [apply, tables, made] = row;
  expect(rotated(apply, tables).made).toEqual(made);
});

/** StableLM and GPT-J rotate in attention's own function, whose names go when it returns. */
const KEPT = new Set<ApplyRotary>([applyRotaryInPlace, applyRotaryGptJ]);

test.each(ROWS)(
  "%s leaves rotated queries and keys, and their parts only where its code is no function",
  (_, apply, tables) => {
    expect(rotated(apply, tables).left).toEqual(
      ofBoth({ "b×h×s×64 bf16": 1, ...(KEPT.has(apply) && { "b×h×s×16 bf16": 1 }) }),
    );
  },
);

/** Tables for heads of 64: angles, then cosine and sine, scaled in fp32 and cast. */
const TABLES: readonly (readonly [of: string, tables: typeof complexTables, made: Counts])[] = [
  ["gpt-oss, each angle once", halfTables, { "1×s×1 fp32": 1, "1×1×s×32 fp32": 1 + 2 * 2, "1×1×s×32 bf16": 2 }],
  [
    "Qwen 3.5, of time, height and width",
    multimodalTables,
    { "3×b×s×1 fp32": 1, "3×b×s×32 fp32": 1 + 2 * 2, "b×1×s×64 fp32": 2, "b×1×s×64 bf16": 2 },
  ],
  [
    "DeepSeek-V2, complex numbers of modulus one",
    complexTables,
    { "1×s×1 fp32": 1, "1×1×s×32 fp32": 2, "1×1×s×64 fp32": 2 },
  ],
];

test.each(TABLES)("The tables of %s", (_, tables, made) => expect(madeOfTables(tables)).toEqual(made));
