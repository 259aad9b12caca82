import type { Architecture } from "#calc/architecture.ts";
import { ACTIVATIONS, type ActivationSaved, FUSED_ACTIVATION } from "./activation-functions.ts";
import { type NormOutput, normOutputOf } from "./regime.ts";
import type { LayerLayout, LinearModule } from "#calc/families/model-layout.ts";

/** The widths of one kind of layer that activations are made of, in elements for each token. */
export type LayerShape = Readonly<{
  hidden: number;
  /** What attention gives to its output projection: heads × head width. */
  query: number;
  /** Keys and values together. */
  keyValue: number;
  heads: number;
  keyValueHeads: number;
  hasQkNorm: boolean;
  /** A learned logit beside each row of scores (gpt-oss): the softmax is taken in the scores' own dtype. */
  hasSinks: boolean;
  /** One projection makes q, k and v, and rotary embedding copies q and k out of it. */
  isValueInFused: boolean;
  /** Learned scale in fp32 arithmetic (RMSNorm), or torch's layer norm. */
  isRmsNorm: boolean;
  normOutput: NormOutput;
  normKind: NonNullable<Architecture["norm_type"]>;
  norms: number;
  /** What the MLP (and shared experts) gives to its down projection. */
  intermediate: number;
  isGated: boolean;
  activation: ActivationSaved;
  /** Experts that a token visits, and their width together. */
  expertsPerToken: number;
  expertWidth: number;
  /** Widths in and out of the projections of a mixer that is not attention (Mamba, convolution, linear attention). */
  mixer: number;
  attentionLinears: readonly LinearModule[];
  mlpLinears: readonly LinearModule[];
}>;

const OUTPUT_NAMES =
  /(^|\.)(o_proj|out_proj|dense|c_proj|down_proj|fc2|fc_out|dense_4h_to_h|w2|wo|output_linear|shared_expert\.down_proj)$/;

/** Whether a linear is the last of its block: what comes in is what the block made, what goes out is the residual stream's width. */
export const isOutputProjection = (linear: LinearModule): boolean => OUTPUT_NAMES.test(linear.name);

const sumOf = (linears: readonly LinearModule[], widthOf: (linear: LinearModule) => number): number =>
  linears.reduce((total, linear) => total + widthOf(linear), 0);

/** The MLP's own linears: a block's output projections tell its width, its inputs whether it is gated. */
const mlpWidths = (linears: readonly LinearModule[]): Readonly<{ intermediate: number; isGated: boolean }> => {
  const intermediate = sumOf(linears.filter(isOutputProjection), (linear) => linear.in_features);
  const inputs = sumOf(
    linears.filter((linear) => !isOutputProjection(linear)),
    (linear) => linear.out_features,
  );
  return { intermediate, isGated: inputs > intermediate * 1.5 };
};

/** Widths of attention, off its output projection; nothing where a layer mixes tokens otherwise. */
const attentionWidths = (
  {
    num_attention_heads: heads,
    num_key_value_heads: keyValueHeads,
    head_dim,
    qk_norm,
    learned_positions,
    attention_sinks,
  }: Architecture,
  linears: readonly LinearModule[],
): Pick<LayerShape, "query" | "keyValue" | "heads" | "keyValueHeads" | "hasQkNorm" | "hasSinks" | "isValueInFused"> => {
  if (linears.length === 0)
    return {
      query: 0,
      keyValue: 0,
      heads: 0,
      keyValueHeads: 0,
      hasQkNorm: false,
      hasSinks: false,
      isValueInFused: false,
    };
  const query = linears.find(isOutputProjection)?.in_features ?? heads * head_dim;
  return {
    query,
    keyValue: 2 * Math.round((query / heads) * keyValueHeads),
    heads,
    keyValueHeads,
    hasQkNorm: qk_norm !== undefined && qk_norm !== false,
    hasSinks: attention_sinks === true,
    isValueInFused:
      learned_positions === undefined && linears.filter((linear) => !isOutputProjection(linear)).length === 1,
  };
};

/** How many experts a token visits, and their width together; nothing in a dense layer. */
const expertWidths = (
  { num_experts_per_tok, moe_intermediate_size, intermediate_size }: Architecture,
  layer: LayerLayout,
): Pick<LayerShape, "expertsPerToken" | "expertWidth"> => {
  if (!layer.modules.some((module) => module.kind === "experts")) return { expertsPerToken: 0, expertWidth: 0 };
  const expertsPerToken = num_experts_per_tok ?? 1;
  return { expertsPerToken, expertWidth: expertsPerToken * (moe_intermediate_size ?? intermediate_size ?? 0) };
};

/** Reads the widths of one kind of layer off its modules; what modules do not tell, off the configuration. */
export const layerShape = (architecture: Architecture, layer: LayerLayout): LayerShape => {
  const linears = layer.modules.filter((module): module is LinearModule => module.kind === "linear");
  const attentionLinears = linears.filter((linear) => linear.part === "attention");
  const mlpLinears = linears.filter((linear) => linear.part === "mlp");
  const mixerLinears = linears.filter((linear) => linear.part === "mixer");
  return {
    hidden: architecture.hidden_size,
    ...attentionWidths(architecture, attentionLinears),
    isRmsNorm: (architecture.norm_type ?? "rmsnorm") === "rmsnorm",
    normKind: architecture.norm_type ?? "rmsnorm",
    normOutput: normOutputOf(architecture),
    activation: ACTIVATIONS[architecture.hidden_act ?? "silu"] ?? FUSED_ACTIVATION,
    norms: architecture.norms_per_layer ?? 2,
    ...mlpWidths(mlpLinears),
    ...expertWidths(architecture, layer),
    mixer: sumOf(mixerLinears, (linear) => linear.in_features + linear.out_features),
    attentionLinears,
    mlpLinears,
  };
};
