import type { Layout } from "#calc/families/family.ts";
import { llamaLayer } from "#calc/families/llama/tensors.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { uniformLayers } from "#calc/families/parts/tensors/layers.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** Helium: Llama with norms in fp32 and interleaved rotation. @see transformers 5.24, modeling_helium.py */
export const layout: Layout = (a) => {
  const { hidden, intermediate } = widths(a);
  const mlp = gatedMlp("mlp", [hidden, intermediate]);
  return causalLm(a, { layers: uniformLayers(a, llamaLayer({ ...a, attention_out_bias: false }, mlp)) });
};
