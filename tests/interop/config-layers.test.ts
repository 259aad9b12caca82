import { describe, expect, test } from "vitest";
import { familyFacts, LLAMA_FACTS } from "#interop/config-json/model-kinds.ts";
import { readLayers } from "#interop/config-json/layer-fields.ts";

const FULL = "full_attention";
const WINDOW = "sliding_attention";

/** As many layers as are listed. */
const lengthOf = (list: unknown): number | undefined => (Array.isArray(list) ? list.length : undefined);

const read = (
  config: Readonly<Record<string, unknown>>,
  { layers = lengthOf(config["layer_types"]), model_type = "gemma3", kindsCount = false } = {},
): ReturnType<typeof readLayers> => readLayers(config, { model_type, facts: { ...LLAMA_FACTS, kindsCount } }, layers);

describe("the kinds of a config.json's layers", () => {
  test.each([
    ["every second attends to everything", [WINDOW, FULL, WINDOW, FULL], { sliding_window_pattern: 2 }],
    ["every third, and the last stretch is short", [WINDOW, WINDOW, FULL, WINDOW], { sliding_window_pattern: 3 }],
    ["all attend to everything", [FULL, FULL], {}],
    ["none does", [WINDOW, WINDOW], {}],
    ["they follow no period", [WINDOW, FULL, FULL, WINDOW], {}],
    ["there are none", [], {}],
  ])("are a pattern of windows or nothing: %s", (_, layer_types, fields) => {
    expect(read({ layer_types })).toEqual({ fields, issues: [] });
  });

  test("are an interval of full attention in Qwen3-Next", () => {
    const layer_types = ["linear_attention", FULL];
    expect(read({ layer_types }, { model_type: "qwen3_next", kindsCount: true }).fields).toEqual({
      full_attention_interval: 2,
    });
    expect(read({ layer_types: [FULL, "linear_attention"] }, { model_type: "qwen3_next", kindsCount: true })).toEqual({
      fields: { layer_types: [FULL, "linear_attention"] },
      issues: [],
    });
  });

  test("are kept one by one where they have other tensors, and all are not the same", () => {
    expect(read({ layer_types: ["conv", FULL] }, { kindsCount: true }).fields).toEqual({ layer_types: ["conv", FULL] });
    expect(read({ layer_types: [FULL, FULL] }, { kindsCount: true }).fields).toEqual({});
  });

  test("of LFM2 are the layers that attend, by number", () => {
    expect(read({ full_attn_idxs: [0, 2] }, { layers: 3 }).fields).toEqual({ layer_types: [FULL, "conv", FULL] });
    expect(read({ full_attn_idxs: [0, 2] }).fields).toEqual({});
    for (const full_attn_idxs of ["0", [0.5], 1]) expect(read({ full_attn_idxs }, { layers: 3 }).fields).toEqual({});
    expect(read({ full_attn_idxs: Array(4097).fill(0) }, { layers: 1 }).fields).toEqual({});
    expect(read({ full_attn_idxs: Array(4096).fill(0) }, { layers: 1 }).fields).toEqual({ layer_types: [FULL] });
  });

  test("of Nemotron-H are letters, 4,096 at most", () => {
    for (const pattern of ["M*E-", "M".repeat(4096)])
      expect(read({ hybrid_override_pattern: pattern }, { layers: pattern.length }).fields).toEqual({
        hybrid_override_pattern: pattern,
      });
    for (const pattern of ["", "MX", "M".repeat(4097), 7])
      expect(read({ hybrid_override_pattern: pattern }).fields).toEqual({});
  });

  describe("have other names in what transformers 5 saves", () => {
    const readAs = (model_type: string, config: Readonly<Record<string, unknown>>, layers?: number) =>
      readLayers(config, { model_type, facts: familyFacts(model_type) ?? LLAMA_FACTS }, layers);
    const SAVED = ["linear_attention", FULL];

    test("which become a family's own, under either name of the list", () => {
      const fields = { layer_types: ["mamba", "attention"] };
      expect(readAs("granitemoehybrid", { layer_types: SAVED }, 2)).toEqual({ fields, issues: [] });
      expect(readAs("granitemoehybrid", { layers_block_type: SAVED }, 2)).toEqual({ fields, issues: [] });
      expect(readAs("granitemoehybrid", { layer_types: ["mamba", "attention"] }, 2)).toEqual({ fields, issues: [] });
      expect(readAs("granitemoehybrid", { layer_types: ["attention", FULL] }, 2).fields).toEqual({});
      expect(readAs("granitemoehybrid", { layer_types: ["mamba", "mamba"] }, 2).fields).toEqual({
        layer_types: ["mamba", "mamba"],
      });
    });

    test("or the letters of Nemotron-H, which also say how many layers there are", () => {
      const layers_block_type = [...SAVED, "moe", "mlp", "mamba", "attention"];
      expect(readAs("nemotron_h", { layers_block_type })).toEqual({
        fields: { hybrid_override_pattern: "M*E-M*", num_hidden_layers: 6 },
        issues: [],
      });
      expect(readAs("nemotron_h", { hybrid_override_pattern: "M*" }).fields).toEqual({
        hybrid_override_pattern: "M*",
        num_hidden_layers: 2,
      });
      expect(readAs("nemotron_h", { layers_block_type: ["mamba"] }, 2).issues).toMatchObject([
        { key: "layers_block_type" },
      ]);
    });
  });

  test("are left out and named where they are not one name for each layer", () => {
    const issue = {
      code: "unknown-value",
      key: "layer_types",
      value: '["conv"]',
      used: "",
      message: 'one name for each layer was expected for layer_types, not ["conv"]; it is left out.',
    };
    expect(read({ layer_types: ["conv"] }, { layers: 2 })).toEqual({ fields: {}, issues: [issue] });
    for (const layer_types of [[7], "conv", ["a".repeat(41)], Array(4097).fill("conv")])
      expect(read({ layer_types }).issues.map(({ code }) => code)).toEqual(["unknown-value"]);
    for (const layer_types of [["a".repeat(40)], Array(4096).fill("conv")])
      expect(read({ layer_types }).issues).toEqual([]);
  });
});
