import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import {
  bnb4bitBytes,
  BNB_4BIT_DOUBLE_QUANT,
  BNB_4BIT_SINGLE_QUANT,
  bnb8bitBytes,
  gptqBytes,
} from "#calc/parameters/weight-bytes.ts";
import { lora } from "../lora.ts";
import { loraMethod, NF4, qloraMethod, scenario } from "../scenario.ts";

const SQUARE = 4096 * 4096;
const weightsOf = (patch: Parameters<typeof scenario>[0]): number => {
  const weights = estimated(ENGINE.estimate(scenario(patch))).terms.find((term) => term.id === "weights");
  return weights === undefined ? 0 : weights.bytes;
};
/** Of Llama 2 7B: embedding and head, norms, and everything that is quantised. */
const EMBEDDING_AND_HEAD = 2 * 32_000 * 4096;
const NORMS = 65 * 4096;
const LINEAR = 6_738_415_616 - EMBEDDING_AND_HEAD - NORMS;
/** The second-level scales of the MLP's three matrices take 21.5 blocks each, so half a block is lost 96 times. */
const LOST = 96 * 256;
const FOUR_BIT = LINEAR * BNB_4BIT_DOUBLE_QUANT + LOST;

describe("Quantised weights", () => {
  test("NF4 with double quantization stores a weight in 4.127 bits", () => {
    expect(BNB_4BIT_DOUBLE_QUANT * 8).toBeCloseTo(4.127, 3);
    expect(bnb4bitBytes(SQUARE, true)).toBe(SQUARE * BNB_4BIT_DOUBLE_QUANT);
  });

  test("NF4 without double quantization stores a weight in 4.5 bits", () => {
    expect(BNB_4BIT_SINGLE_QUANT * 8).toBe(4.5);
    expect(bnb4bitBytes(SQUARE, false)).toBe(SQUARE * BNB_4BIT_SINGLE_QUANT);
  });

  test("each buffer of a quantised matrix is rounded up to a block by itself", () => {
    expect(bnb4bitBytes(64, true)).toBe(3 * 512);
    expect(bnb4bitBytes(64, false)).toBe(2 * 512);
  });

  test("LLM.int8 stores a byte for each weight and a fp32 scale for each row", () => {
    expect(bnb8bitBytes(4096, 11_008)).toBe(4096 * 11_008 + 4096 * 4);
  });

  test("GPTQ stores half a byte for each weight, a zero point and a scale for each group of 128 inputs, and an index for each input", () => {
    expect(gptqBytes(4096, 11_008)).toBe((4096 * 11_008) / 2 + (86 * 4096) / 2 + 86 * 4096 * 2 + 11_008 * 4);
  });
});

describe("Base weights", () => {
  test("a bf16 model takes two bytes for each parameter", () => {
    expect(weightsOf({ method: loraMethod() })).toBe(6_738_415_616 * 2);
  });

  test("4-bit takes linear layers only: head, embedding and norms stay bf16", () => {
    expect(weightsOf({ method: qloraMethod() })).toBe(FOUR_BIT + (EMBEDDING_AND_HEAD + NORMS) * 2);
  });

  test("prepare_model_for_kbit_training makes what is not quantised fp32", () => {
    expect(weightsOf({ method: qloraMethod({ kbitPreparation: "fp32" }) })).toBe(
      FOUR_BIT + (EMBEDDING_AND_HEAD + NORMS) * 4,
    );
  });

  test("TRL casts embedding and head back to bf16 and leaves norms fp32", () => {
    expect(weightsOf({ method: qloraMethod({ kbitPreparation: "trl" }) })).toBe(
      FOUR_BIT + EMBEDDING_AND_HEAD * 2 + NORMS * 4,
    );
  });

  test("a GPTQ base is not upcast by k-bit preparation", () => {
    const gptq = { quantization: { kind: "gptq" }, lora: lora() } as const;
    expect(weightsOf({ method: qloraMethod({ ...gptq, kbitPreparation: "fp32" }) })).toBe(
      weightsOf({ method: qloraMethod(gptq) }),
    );
  });

  test("a flat number of bytes takes the whole base", () => {
    expect(weightsOf({ method: qloraMethod({ quantization: { kind: "flat", bytesPerParameter: 0.5 } }) })).toBe(
      6_738_415_616 * 0.5,
    );
  });

  test("fp4 takes the bytes of nf4", () => {
    const fp4 = { ...NF4, bnb_4bit_quant_type: "fp4" } as const;
    expect(weightsOf({ method: qloraMethod({ quantization: fp4 }) })).toBe(weightsOf({ method: qloraMethod() }));
  });

  test("fp32 copies of modules_to_save are not made: a copy keeps its module's dtype", () => {
    const adapters = (modules_to_save: readonly string[]): number =>
      estimated(ENGINE.estimate(scenario({ method: loraMethod({ modules_to_save }) }))).terms.find(
        (term) => term.id === "adapters",
      )?.bytes ?? 0;
    expect(adapters(["lm_head"]) - adapters([])).toBe(32_000 * 4096 * 2);
  });
});
