import { describe, expect, test } from "vitest";
import { configIssue, shortValue } from "#interop/config-json/config-issues.ts";
import { parseConfigJson } from "#interop/config-json/config-json.ts";

const NEEDED = { num_hidden_layers: 4, hidden_size: 1024, num_attention_heads: 8, vocab_size: 1000 };

const messages = (config: unknown): readonly string[] =>
  parseConfigJson(typeof config === "string" ? config : JSON.stringify(config)).issues.map(({ message }) => message);

describe("the page says of a config.json", () => {
  test("what is assumed of a family that is not known", () => {
    expect(messages({ model_type: "hypermodel", ...NEEDED })).toEqual([
      'model_type "hypermodel" is not a family known here; layers like Llama\'s are assumed.',
      "num_key_value_heads is not there; as many as heads is assumed.",
      "head_dim is not there; the width over the heads is assumed.",
      "tie_word_embeddings is not there; false is assumed.",
      "hidden_act is not there; silu is assumed.",
      "mlp_type is not there; gated is assumed.",
      "norm_type is not there; rmsnorm is assumed.",
      "max_position_embeddings is not there; 131,072 is used.",
      "intermediate_size is not there; 4,096, four times the width, is used.",
    ]);
  });

  test("that it names no family", () => {
    expect(messages(NEEDED)[0]).toBe("model_type is not there; layers like Llama's are assumed.");
    expect(messages({ ...NEEDED, model_type: "x".repeat(61) })[0]).toContain("layers like Llama's are assumed.");
    for (const config of [NEEDED, { ...NEEDED, model_type: "hypermodel" }])
      expect(parseConfigJson(JSON.stringify(config)).issues[0]).toMatchObject({ code: "assumed-field", used: "llama" });
    const long = parseConfigJson(JSON.stringify({ ...NEEDED, model_type: "x".repeat(60) }));
    expect(long.value?.model_type).toBe("x".repeat(60));
    expect(parseConfigJson(JSON.stringify({ ...NEEDED, model_type: "x".repeat(61) })).value?.model_type).toBe("llama");
  });

  test("what is needed", () => {
    expect(messages({ model_type: "llama", ...NEEDED, vocab_size: undefined })).toEqual([
      "vocab_size is needed and is not there.",
    ]);
  });

  test("which heads cannot be", () => {
    expect(messages({ model_type: "llama", ...NEEDED, num_key_value_heads: 5, intermediate_size: 1 })[0]).toBe(
      "Line 1, column 128: num_key_value_heads 5 does not divide 8 heads; 8 is used.",
    );
    expect(messages({ model_type: "llama", ...NEEDED, num_attention_heads: 7, intermediate_size: 1 }).at(-1)).toBe(
      `head_dim would be ${1024 / 7}: 1024 is no multiple of 7 heads.`,
    );
  });

  test("nothing of the width of a head that its parts make", () => {
    const parts = { model_type: "llama", ...NEEDED, intermediate_size: 1, max_position_embeddings: 1 };
    const headOf = (more: object): number | undefined =>
      parseConfigJson(JSON.stringify({ ...parts, ...more })).value?.head_dim;
    expect(headOf({ qk_nope_head_dim: 96, qk_rope_head_dim: 32 })).toBe(128);
    expect(headOf({ qk_nope_head_dim: 96 })).toBe(96);
  });

  test("that it is none", () => {
    expect(messages("hello")).toEqual(["config.json is not JSON. Line 1, column 1: { was expected, not hello."]);
    expect(messages("[1]")).toEqual(["config.json [1] is JSON, but not an object with fields."]);
    expect(messages("1".repeat(2 ** 20 + 1))).toEqual(["config.json has 1,048,577 characters, more than 1,048,576."]);
    expect(messages(" ".repeat(2 ** 20))[0]).toContain("is not JSON.");
  });
});

describe("a value of a config.json in a sentence", () => {
  test("is one line of 80 characters at most", () => {
    expect(shortValue("a".repeat(80))).toBe("a".repeat(80));
    expect(shortValue("a".repeat(81))).toBe(`${"a".repeat(79)}…`);
    expect(shortValue("a\nb")).toBe("a\uFFFDb");
  });

  test("stands as JSON has it, and as text what JSON has not", () => {
    expect(shortValue({ a: [1] })).toBe('{"a":[1]}');
    expect(shortValue(undefined)).toBe("undefined");
  });

  test("is said with what is used instead", () => {
    expect(configIssue("assumed-field", "key", { value: 1, used: 2, why: "is odd" })).toEqual({
      code: "assumed-field",
      key: "key",
      value: "1",
      used: "2",
      message: "key 1 is odd.",
    });
    expect(configIssue("assumed-field", "key", { why: "is odd" })).toMatchObject({
      value: "",
      used: "",
      message: "key is odd.",
    });
  });
});

describe("of a multimodal model", () => {
  const text = { ...NEEDED, model_type: "llama", intermediate_size: 2048, max_position_embeddings: 128 };

  test.each(["text_config", "llm_config", "language_config"])("the text decoder stands in %s", (name) => {
    const { value, issues } = parseConfigJson(JSON.stringify({ model_type: "llava", hidden_size: 8, [name]: text }));
    expect(issues).toEqual([]);
    expect(value).toMatchObject({ model_type: "llama", hidden_size: 1024 });
  });

  test("the family is the outer one where that is known, and is said where neither is", () => {
    const typeOf = (outer: string, inner: string): string | undefined =>
      parseConfigJson(JSON.stringify({ model_type: outer, text_config: { ...text, model_type: inner } })).value
        ?.model_type;
    expect(typeOf("gemma3", "gemma3_text")).toBe("gemma3");
    expect(typeOf("llava", "mistral")).toBe("mistral");
    expect(typeOf("llava", "")).toBe("llava");
  });
});
