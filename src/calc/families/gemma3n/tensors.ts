import type { Layout } from "#calc/families/family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { GEMMA_NORMS } from "#calc/families/gemma2/tensors.ts";
import type { Module } from "#calc/model/layout.ts";
import { causalLm } from "#calc/families/parts/tensors/causal-lm.ts";
import { embedding } from "#calc/families/parts/tensors/embedding.ts";
import { gatedMlp } from "#calc/families/parts/tensors/gated-mlp.ts";
import { kindsOf, layersOfKinds } from "#calc/families/parts/tensors/layers-of-kinds.ts";
import { linear, linears } from "#calc/families/parts/tensors/linear.ts";
import { rmsNorm } from "#calc/families/parts/tensors/norms.ts";
import { parameters } from "#calc/families/parts/tensors/parameters.ts";
import { perLayerEmbeddings, perLayerInput } from "#calc/families/parts/tensors/per-layer-inputs.ts";
import { selfAttention } from "#calc/families/parts/tensors/self-attention.ts";
import { widths } from "#calc/families/parts/tensors/widths.ts";

type Kind = "own_kv" | "shared_kv";

const KEY_VALUE = new Set(["self_attn.k_proj", "self_attn.v_proj", "self_attn.k_norm"]);

/** The last `num_kv_shared_layers` layers read an earlier layer's keys and values, and have no projections of their own for these. */
const attention = (a: Architecture, kind: Kind): readonly Module[] =>
  selfAttention(a).filter(({ name }) => kind === "own_kv" || !KEY_VALUE.has(name));

/** How many streams the residual is kept in: four, unless the config says another number. */
export const altupInputs = ({ altup_num_inputs = 4 }: Architecture): number => altup_num_inputs;

/** `Gemma3nTextAltUp`: several copies of the residual stream, predicted and corrected around each layer. */
const altup = (a: Architecture): readonly Module[] => {
  const { hidden_size: hidden } = a;
  const inputs = altupInputs(a);
  return [
    parameters("altup", { correct_output_scale: [hidden] }),
    { ...linear("altup.correction_coefs", [inputs, inputs]), weightAlone: true },
    ...linears("altup", {
      prediction_coefs: [inputs, inputs ** 2],
      modality_router: [hidden, inputs],
    }),
    rmsNorm("altup.router_norm", hidden),
  ];
};

/** `Gemma3nTextLaurelBlock`: a low-rank path beside attention. */
const laurel = ({ hidden_size: hidden, laurel_rank: rank = 64 }: Architecture): readonly Module[] => [
  ...linears("laurel", { linear_left: [hidden, rank], linear_right: [rank, hidden] }),
  rmsNorm("laurel.post_laurel_norm", hidden),
];

const projections = (a: Architecture, name: string): readonly Module[] =>
  Array.from({ length: altupInputs(a) - 1 }, (_, index) => linear(`${name}.${index}`, [a.hidden_size, a.hidden_size]));

const layer = (a: Architecture, kind: Kind): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...attention(a, kind),
    ...gatedMlp("mlp", [hidden, intermediate]),
    ...GEMMA_NORMS.map((name) => rmsNorm(name, hidden)),
    ...altup(a),
    ...laurel(a),
    ...perLayerInput(a),
  ];
};

/** Gemma 3n, text decoder. @see transformers 5.24, modeling_gemma3n.py; the checkpoint also stores k and v of the layers that share them */
export const layout: Layout = (architecture) => {
  const a = { qk_norm: "head", ...architecture } as const;
  const firstShared = a.num_hidden_layers - (a.num_kv_shared_layers ?? 0);
  const kinds = kindsOf(a, (index): Kind => (index < firstShared ? "own_kv" : "shared_kv"));
  return causalLm(a, {
    embeddings: [
      embedding("embed_tokens", a.vocab_size, a.hidden_size),
      ...perLayerEmbeddings(a),
      ...projections(a, "altup_projections"),
    ],
    layers: layersOfKinds(kinds, (kind) => layer(a, kind)),
    final: [...projections(a, "altup_unembed_projections"), rmsNorm("norm", a.hidden_size)],
  });
};
