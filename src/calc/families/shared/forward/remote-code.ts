import { gatedMlpOf } from "#calc/modules/mlp.ts";
import { linear } from "#calc/modules/linear.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { dropout } from "#calc/tape/ops/dropout.ts";
import { addNumber, scale, sigmoid } from "#calc/tape/ops/unary.ts";
import { slice } from "#calc/tape/ops/view.ts";
import { bind, call } from "#calc/tape/scope.ts";
import { lastDim, withLast } from "#calc/tape/shape.ts";
import { decoderModel, embedTokens } from "./decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { granite } from "#calc/families/granite/forward.ts";
import type { ModuleOf } from "./parts.ts";
import { fusedAttention } from "#calc/families/phi3/forward.ts";
import { preNormLayer } from "./pre-norm-layer.ts";

// Models whose code comes with their checkpoints: written after it, held against no run.

const feedForward = gatedMlpOf("w1", "w3", "w2");

/** InternLM2: Llama with one projection for q, k and v, under Meta's names. @see modeling_internlm2.py of internlm/internlm2-7b */
export const internlm2: Forward = {
  ...decoderModel({ norm: rmsNorm }),
  embed: (model, input_ids) => embedTokens(model, input_ids, "tok_embeddings"),
  layer: preNormLayer({
    norm: rmsNorm,
    names: ["attention_norm", "ffn_norm"],
    attend: fusedAttention({ path: "attention", qkv: "wqkv", output: "wo" }, applyRotary),
    mlp: (layer, _, x) => feedForward(layer, "feed_forward", x),
  }),
};

const base = decoderModel({ norm: layerNorm });

/** MiniCPM: embeddings and branches times a number, as Granite's; the head's input too. @see modeling_minicpm.py of openbmb/MiniCPM-2B-sft-bf16 */
export const minicpm: Forward = {
  ...granite,
  logits: (model, hidden_states) => base.logits(model, scale(hidden_states)),
};

/** `ffn_dropout_prob` */
const DROPOUT = 0.1;

/** `Phi3SmallMLP`: gate and up in turn in one projection, `gegelu` without its clamps, which are fused into it. */
const mlp: ModuleOf = (layer, name, x) =>
  call(
    name,
    (input) => {
      const both = bind(linear(layer, `${name}.up_proj`, input));
      const half = withLast(both.shape, Number(lastDim(both.shape)) / 2);
      const [gate, up] = [bind(slice(both, half)), bind(slice(both, half))];
      const gated = mul(mul(gate, sigmoid(scale(gate))), addNumber(up));
      return dropout(linear(layer, `${name}.down_proj`, gated), DROPOUT);
    },
    x,
  );

/** Phi-3-small, all layers with whole attention: numbers on embeddings and logits as in Granite. @see modeling_phi3_small.py of microsoft/Phi-3-small-8k-instruct */
export const phi3small: Forward = {
  ...granite,
  finalNorm: base.finalNorm,
  layer: preNormLayer({
    norm: layerNorm,
    attend: fusedAttention({ path: "self_attn", qkv: "query_key_value", output: "dense" }, applyRotary),
    mlp,
  }),
};
