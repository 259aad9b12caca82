import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { ExpertsModule, Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { embedding } from "#calc/families/parts/tensors/embedding.ts";
import { expertWidth, router } from "#calc/families/parts/tensors/experts.ts";
import { layersOfKinds } from "#calc/families/parts/tensors/layers-of-kinds.ts";
import { linears } from "#calc/families/parts/tensors/linear.ts";
import { mamba2 } from "#calc/families/parts/tensors/mamba2.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

/** The letters of `hybrid_override_pattern`, one a layer. */
const KINDS: Readonly<Record<string, string>> = { M: "mamba", "-": "mlp", "*": "attention", E: "moe" };

/** `NemotronHMLP`: squared ReLU without a gate. */
const plainMlp = (path: string, [hidden, width]: readonly [number, number]): readonly Module[] =>
  linears(path, { up_proj: [hidden, width], down_proj: [width, hidden] });

const experts = (a: Architecture): ExpertsModule => {
  const [count, hidden, width] = [a.num_experts ?? 0, a.hidden_size, expertWidth(a)];
  return {
    kind: "experts",
    name: "mixer.experts",
    num_experts: count,
    tensors: [
      { name: "up_proj", shape: [count, width, hidden] },
      { name: "down_proj", shape: [count, hidden, width] },
    ],
    adapted: [],
  };
};

const mixer = (a: Architecture, kind: string): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  if (kind === "mamba") return mamba2(a, "mixer");
  if (kind === "attention") return selfAttention(a, { path: "mixer" });
  if (kind === "mlp") return plainMlp("mixer", [hidden, intermediate]);
  const shared = a.shared_expert_intermediate_size ?? 0;
  return [experts(a), router(a, "mixer.gate", true), ...plainMlp("mixer.shared_experts", [hidden, shared])];
};

/**
 * Nemotron-H: every layer is one norm and one mixer, be it Mamba 2, attention, MLP or experts. PEFT refuses `out_proj` of Mamba in this
 * family (the fused kernel never calls that module), so `all-linear` is the list of the others. @see transformers 5.24,
 * modeling_nemotron_h.py; peft/tuners/tuners_utils.py, `_check_lora_target_modules_mamba`
 */
export const layout: Layout = (a) => {
  const { hybrid_override_pattern: pattern, layer_types = [] } = a;
  const all = pattern ? pattern.split("").map((letter) => KINDS[letter] ?? letter) : layer_types;
  const kinds = all.slice(0, a.num_hidden_layers);
  return causalLm(a, {
    embeddings: [embedding("embeddings", a.vocab_size, a.hidden_size)],
    layers: layersOfKinds(kinds, (kind) => [rmsNorm("norm", a.hidden_size), ...mixer(a, kind)]),
    final: [rmsNorm("norm_f", a.hidden_size)],
  });
};
