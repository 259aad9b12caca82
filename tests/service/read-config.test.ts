import { describe, expect, it } from "vitest";
import { readConfig } from "#service/answers/read-config.ts";

const LLAMA = {
  model_type: "llama",
  hidden_size: 4096,
  intermediate_size: 11008,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  vocab_size: 32000,
  max_position_embeddings: 4096,
};
const read = (config: object) => readConfig({ text: JSON.stringify(config) });

describe("a config.json", () => {
  it("that says enough is an architecture", () => {
    expect(read(LLAMA)).toMatchObject({ architecture: { model_type: "llama", num_key_value_heads: 32 } });
  });

  it("of a family that the first screen does not need is one too", () => {
    expect(read({ ...LLAMA, model_type: "gpt_neox" }).architecture).toMatchObject({ model_type: "gpt_neox" });
  });

  it("that is no JSON or lacks a field is none, with an issue that says so", () => {
    const { num_hidden_layers: _, ...rest } = LLAMA;
    expect(readConfig({ text: "model_type: llama" })).toMatchObject({ architecture: null, issues: [{}] });
    expect(read(rest).architecture).toBeNull();
    expect(
      read(rest)
        .issues.map(({ message }) => message)
        .join(" "),
    ).toContain("num_hidden_layers");
  });

  it("whose numbers do not go together is none, and says that", () => {
    const { architecture, problem } = read({
      ...LLAMA,
      model_type: "mixtral",
      num_local_experts: undefined,
      num_experts_per_tok: 2,
    });
    expect(architecture).toBeNull();
    expect(problem).toMatch(/do they belong together/);
  });
});
