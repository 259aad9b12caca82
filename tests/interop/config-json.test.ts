import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { parseConfigJson } from "#interop/config-json/config-json.ts";
import { LLAMA_CONFIG as LLAMA } from "./llama-config.ts";
import { REAL_CONFIGS } from "./real-configs.ts";
import { upstreamConfig } from "./upstream-config.ts";
import { tried } from "../tried.ts";

const parse = (config: unknown): ReturnType<typeof parseConfigJson> => parseConfigJson(JSON.stringify(config));
const issuesOf = (config: unknown): readonly string[] => parse(config).issues.map(({ code, key }) => `${code} ${key}`);

test.each(Object.entries(FULL_CATALOG.models))(
  "the config.json of %s, written as its family writes it, is the architecture of the catalog",
  (_, { architecture }) => {
    const { value, issues } = parse(upstreamConfig(architecture));
    expect(issues).toEqual([]);
    expect(value).toEqual(architecture);
  },
);

test.each(REAL_CONFIGS)("the config.json of $id has the parameters of the catalog", ({ id, config }) => {
  const row = FULL_CATALOG.models[id];
  const { value, issues } = parse(config);
  expect(issues).toEqual([]);
  expect(value && ENGINE.countParameters(value)).toBe(row && ENGINE.countParameters(row.architecture));
});

describe("what a file leaves out", () => {
  test("follows from the other fields where the config class says so, without a word", () => {
    const { num_key_value_heads: _, ...rest } = LLAMA;
    expect(parse(rest)).toEqual({
      value: expect.objectContaining({ num_key_value_heads: 32, head_dim: 128 }),
      issues: [],
    });
  });

  test.each(["hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size"])(
    "is named where nothing can be counted without it: %s",
    (field) => {
      expect(parse({ ...LLAMA, [field]: undefined }).value).toBeNull();
      expect(issuesOf({ ...LLAMA, [field]: undefined })).toContain(`missing-field ${field}`);
    },
  );

  test("is the width of an MLP where a hybrid of Granite has neither experts nor a shared one", () => {
    const granite = { ...LLAMA, model_type: "granitemoehybrid" };
    expect(parse(granite).value).toMatchObject({ intermediate_size: 11008 });
    expect(parse({ ...granite, shared_intermediate_size: 4096 }).value).toMatchObject({ intermediate_size: 4096 });
    expect(parse({ ...granite, num_local_experts: 8 }).value).toMatchObject({ moe_intermediate_size: 11008 });
  });

  test("is assumed, with an issue each, for a family that is not known", () => {
    const { value, issues } = parse({
      model_type: "hypermodel",
      n_embd: 1024,
      n_layer: 4,
      n_head: 8,
      vocab_size: 1000,
    });
    expect(value).toMatchObject({
      model_type: "hypermodel",
      hidden_size: 1024,
      head_dim: 128,
      intermediate_size: 4096,
    });
    expect(issues.every(({ code }) => code === "assumed-field")).toBe(true);
    expect(issues.map(({ key }) => key).sort()).toEqual([
      "head_dim",
      "hidden_act",
      "intermediate_size",
      "max_position_embeddings",
      "mlp_type",
      "model_type",
      "norm_type",
      "num_key_value_heads",
      "tie_word_embeddings",
    ]);
  });
});

describe("what cannot be", () => {
  test.each([
    [{ num_attention_heads: 33 }, "out-of-range head_dim"],
    [{ hidden_size: -4096 }, "out-of-range hidden_size"],
    [{ hidden_size: 1e9 }, "out-of-range hidden_size"],
    [{ num_hidden_layers: 1.5 }, "not-a-number num_hidden_layers"],
    [{ vocab_size: "32000" }, "not-a-number vocab_size"],
    [{ head_dim: 0.5 }, "not-a-number head_dim"],
    [{ num_key_value_heads: 5 }, "out-of-range num_key_value_heads"],
    [{ tie_word_embeddings: "yes" }, "unknown-value tie_word_embeddings"],
    [{ layer_types: ["full_attention"] }, "unknown-value layer_types"],
  ])("is named: %j", (fields, issue) => {
    expect(issuesOf({ ...LLAMA, ...fields })).toContain(issue);
  });

  test("in a needed field leaves no model; elsewhere the field is left out", () => {
    expect(parse({ ...LLAMA, hidden_size: -1 }).value).toBeNull();
    expect(parse({ ...LLAMA, num_attention_heads: 33 }).value).toBeNull();
    expect(parse({ ...LLAMA, sliding_window: "wide" }).value).toMatchObject({ hidden_size: 4096 });
  });
});

describe("a file that is no config.json", () => {
  test("is told so", () => {
    expect(parseConfigJson("model_type: llama").issues[0]?.code).toBe("not-json");
    expect(parseConfigJson("[1, 2]").issues[0]?.code).toBe("not-json");
    expect(parseConfigJson("").issues[0]?.code).toBe("not-json");
    expect(parseConfigJson(" ".repeat(2 ** 20 + 1)).issues[0]?.code).toBe("too-large");
  });

  test("cannot bring fields in through the prototype", () => {
    const { value, issues } = parseConfigJson('{"model_type":"llama","__proto__":{"hidden_size":8,"vocab_size":9}}');
    expect(value).toBeNull();
    expect(issues.map(({ key }) => key)).toContain("hidden_size");
    expect(({} as Record<string, unknown>)["hidden_size"]).toBeUndefined();
    expect(parse({ ...LLAMA, model_type: "constructor" }).value).toMatchObject({ hidden_size: 4096 });
  });
});

/** Values of every JSON kind under names that config.json files have. */
const junk = fc.dictionary(
  fc.constantFrom(
    ...Object.keys(LLAMA),
    "text_config",
    "layer_types",
    "full_attn_idxs",
    "block_multiple_of",
    "head_dim",
    "n_routed_experts",
    "new_decoder_architecture",
    "hybrid_override_pattern",
    "__proto__",
  ),
  fc.oneof(
    fc.jsonValue(),
    fc.integer({ min: -10, max: 10_000 }),
    fc.constantFrom("llama", "falcon", "lfm2", "gemma4", "opt", "deepseek_v3"),
  ),
);

tried(
  "whatever text is pasted, there is an answer and never an exception",
  { quick: 100, thorough: 10_000 },
  (runs) => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseConfigJson(text).issues.length).toBeGreaterThan(0);
      }),
      runs,
    );
  },
);

tried(
  "a model that comes of whatever fields there are can be counted, or is none that can run",
  { quick: 500, thorough: 5000 },
  (runs) => {
    fc.assert(
      fc.property(junk, junk, (outer, inner) => {
        const { value, issues } = parse({ ...LLAMA, ...outer, text_config: inner });
        expect(value !== null || issues.length > 0).toBe(true);
        if (value !== null && !Number.isSafeInteger(ENGINE.countParameters(value)))
          expect(ENGINE.isRunnable(value)).toBe(false);
      }),
      runs,
    );
  },
);
