import { describe, expect, test } from "vitest";
import { nameWidths } from "#calc/step/formulas.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { loraMethod } from "../scenario.ts";

const LLAMA = { ...LLAMA_2_7B, num_key_value_heads: 8 };

describe("The name of a width", () => {
  const nameWidth = nameWidths({ architecture: LLAMA, method: loraMethod({ r: 16 }) });

  test.each([
    [4096, "hidden_size"],
    [11_008, "intermediate_size"],
    [22_016, "2 × intermediate_size"],
    [1024, "num_key_value_heads × head_dim"],
    [6144, "num_attention_heads, num_key_value_heads"],
    [32, "num_attention_heads"],
    [128, "head_dim"],
    [16, "r"],
    [32_000, "vocab_size"],
  ])("%d is %s", (width, key) => expect(nameWidth("activations", width)).toMatchObject({ value: width, key }));

  test("of experts is that of those that a token goes to", () => {
    const experts = { num_experts: 8, num_experts_per_tok: 2, moe_intermediate_size: 1400 };
    const ofExperts = nameWidths({ architecture: { ...LLAMA, ...experts }, method: { kind: "full" } });
    expect([8192, 2800, 5600].map((width) => ofExperts("activations", width).key)).toEqual([
      "num_experts_per_tok × hidden_size",
      "num_experts_per_tok × moe_intermediate_size",
      "2 × num_experts_per_tok × moe_intermediate_size",
    ]);
  });

  test("that no field makes is a width", () => {
    expect(nameWidth("activations", 4097)).toEqual({ name: "width", value: 4097, origin: "counted" });
  });

  test("of logits is the vocabulary's, although the hidden state is as wide", () => {
    const square = nameWidths({ architecture: { ...LLAMA, vocab_size: 4096 }, method: { kind: "full" } });
    expect(square("logits", 4096).key).toBe("vocab_size");
    expect(square("activations", 4096).key).toBe("hidden_size");
  });

  test("of a rank's part is that of the part, or of the whole where it was gathered", () => {
    const part = { ...LLAMA, vocab_size: 8000, whole: LLAMA, layout: null };
    const ofRank = nameWidths({ architecture: part, method: { kind: "full" } });
    expect(ofRank("logits", 8000)).toMatchObject({ key: "vocab_size", value: 8000 });
    expect(ofRank("logits", 32_000)).toMatchObject({ key: "vocab_size", value: 32_000 });
  });
});
