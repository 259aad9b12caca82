import { activation } from "#calc/modules/activations.ts";
import type { Attended } from "#calc/modules/heads.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { addInPlace } from "#calc/tape/ops/in-place.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { bind, bindAll, call, rebind } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, embedTokens } from "#calc/families/parts/forward/decoder-model.ts";
import { falconLinear, isNew, selfAttention } from "./attention.ts";
import type { Forward } from "#calc/modules/forward.ts";

const mlp = (layer: Loaded, x: Tensor): Tensor =>
  call(
    "mlp",
    (input) => {
      const act = activation(layer.architecture.hidden_act);
      return falconLinear(
        layer,
        "mlp.dense_4h_to_h",
        call("act", act, falconLinear(layer, "mlp.dense_h_to_4h", input)),
      );
    },
    x,
  );

const base = decoderModel({ norm: layerNorm, finalNorm: "ln_f" });

/** Falcon: attention and MLP side by side. @see transformers 5.24, modeling_falcon.py */
export const falcon: Forward = {
  ...base,
  embed: (model, input_ids) => embedTokens(model, input_ids, "word_embeddings"),
  context: (model, inputs_embeds, ...ids) => {
    const tables = base.context(model, inputs_embeds, ...ids);
    const { attn_implementation, padding } = model.options;
    if (attn_implementation === "flash" || attn_implementation === "eager" || padding !== undefined) return tables;
    return [...tables, compute({ name: "mask", shape: shapeOf("s", "s"), dtype: "bool" }, inputs_embeds)];
  },
  layer: (layer, context, residual): Attended => {
    const norms = isNew(layer) ? ["ln_attn", "ln_mlp"] : ["input_layernorm"];
    const normed = norms.map((name) => bind(layerNorm(layer, name, residual)));
    const [attention_output, attn_weights] = bindAll(selfAttention(layer, context, normed[0] as Tensor));
    let mlp_output = bind(mlp(layer, normed[normed.length - 1] as Tensor));
    mlp_output = rebind(mlp_output, addInPlace(mlp_output, attention_output));
    return [add(residual, mlp_output), attn_weights];
  },
};
