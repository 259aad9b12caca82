import { expect, test } from "vitest";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { shapeOfModel, layout } from "#calc/families/litgpt.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { scenario } from "../scenario.ts";
import { madeInLayers } from "./made-in-layers.ts";

/** A GPT-NeoX whose config does not say which part of a head is rotated. */
const NEOX: Architecture = {
  ...LLAMA_2_7B,
  model_type: "gpt_neox",
  norm_type: "layernorm",
  mlp_type: "plain",
  hidden_act: "gelu",
  hidden_size: 768,
  num_attention_heads: 12,
  num_key_value_heads: 12,
  head_dim: 64,
};

/** What the first layer of LitGPT's own model makes. */
const madeBy = (architecture: Architecture): readonly Storage[] => {
  const modelling = "litgpt-0.4";
  const loss = { kind: "litgpt", longestFirst: false } as const;
  const modelled = ENGINE.modelled({ ...architecture, num_hidden_layers: 1 }, modelling);
  return madeInLayers(scenario({ architecture: modelled, modelling, loss })).flat();
};

/** How wide the parts of heads are that are rotated. */
const rotatedWidths = (architecture: Architecture): ReadonlySet<unknown> =>
  new Set(
    madeBy(architecture).flatMap(({ module, op, shape }) =>
      module === "self_attn" && op === "add" ? [shape.dims[3]] : [],
    ),
  );

/** @see litgpt/config.py, `rotary_percentage`, and `rope_n_elem` that follows from it */
test("LitGPT rotates whole heads of a Llama, a quarter of GPT-NeoX's, or what the config says", () => {
  expect(rotatedWidths(LLAMA_2_7B)).toEqual(new Set([128]));
  expect(rotatedWidths(NEOX)).toEqual(new Set([16]));
  expect(rotatedWidths({ ...NEOX, partial_rotary_factor: 0.5 })).toEqual(new Set([32]));
});

test("A layer with one norm runs attention and MLP side by side", () => {
  const sideBySide = ([1, 2] as const).map(
    (norms_per_layer) => shapeOfModel({ ...LLAMA_2_7B, norms_per_layer }).parallel,
  );
  expect(sideBySide).toEqual([true, undefined]);
});

test.each([LLAMA_2_7B, NEOX])("What LitGPT makes of $model_type has a type, and is made in modules with names", (a) => {
  for (const { dtype, module } of madeBy(a)) {
    expect(ELEMENT_BYTES).toHaveProperty(dtype);
    expect(module.split(".")).not.toContain("");
  }
});

test("LitGPT's StableLM has layer norms, its Llama norms by the mean square", () => {
  const opsOf = (model_type: string) =>
    new Set(madeBy({ ...NEOX, model_type, mlp_type: "gated", norms_per_layer: 2 }).map(({ op }) => op));
  expect([opsOf("stablelm").has("layer_norm"), opsOf("llama").has("rsqrt")]).toEqual([true, true]);
  expect([opsOf("stablelm").has("rsqrt"), opsOf("llama").has("layer_norm")]).toEqual([false, false]);
});

test("LitGPT's GPT-NeoX has a bias on every linear of a layer, its Falcon on none", () => {
  const biasesOf = (model_type: string): ReadonlySet<unknown> =>
    new Set(
      layout({ ...NEOX, model_type }).layers.flatMap(({ modules }) =>
        modules.flatMap((module) => (module.kind === "linear" ? [module.bias] : [])),
      ),
    );
  expect(biasesOf("gpt_neox")).toEqual(new Set([true]));
  expect(biasesOf("falcon")).toEqual(new Set([false]));
});
