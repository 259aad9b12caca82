import type { Architecture } from "#calc/model/architecture.ts";
import type { Attended } from "#calc/modules/heads.ts";
import type { ApplyGate } from "#calc/modules/expert-gates.ts";
import { groupedExperts } from "#calc/modules/experts.ts";
import { inHeads } from "#calc/modules/in-heads.ts";
import { linear } from "#calc/modules/linear.ts";
import { type Loaded, tensorOf } from "#calc/modules/loaded.ts";
import { olmo2Norm } from "#calc/modules/rms-norm.ts";
import { applyRotaryGptOss, halfTables } from "#calc/modules/rotary-kinds.ts";
import { topLogitsRouter } from "#calc/modules/router.ts";
import { cachedHeads } from "#calc/modules/cached-heads.ts";
import { sinkAttention } from "#calc/modules/sink-attention.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { addNumber, scale, sigmoid } from "#calc/tape/ops/unary.ts";
import { clampBelow, clampBetween } from "#calc/tape/ops/clamp.ts";
import { reshape, slice } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, rebind, scoped, unname } from "#calc/tape/scope.ts";
import { lastDim, shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { LayerContext } from "#calc/families/parts/forward/layer-context.ts";
import type { ModuleOf } from "#calc/families/parts/forward/module-of.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import { windows } from "#calc/families/parts/forward/windows.ts";

/** `GptOssAttention.forward` */
const selfAttention = (layer: Loaded, context: LayerContext, hidden_states: Tensor): Attended =>
  call(
    "self_attn",
    (x): Attended => {
      const { head_dim } = layer.architecture;
      const projected = (name: string): Tensor => bind(inHeads(linear(layer, `self_attn.${name}`, x), head_dim));
      const [q, k, value] = [projected("q_proj"), projected("k_proj"), projected("v_proj")];
      const [query, key] = bindAll(applyRotaryGptOss(q, k, context));
      unname(q);
      unname(k);
      const sinks = tensorOf(layer, "self_attn.sinks");
      const [output, attn_weights] = bindAll(
        sinkAttention(cachedHeads({ query, key, value }), { mask: context.mask, sinks }),
      );
      const attn_output = reshape(output, shapeOf("b", "s", layer.architecture.num_attention_heads * head_dim));
      return [linear(layer, "self_attn.o_proj", attn_output), attn_weights];
    },
    hidden_states,
  );

/** `GptOssExperts._apply_gate`: gate and up alternate in one projection, and are clamped. */
const clampedGate: ApplyGate = (gateUp) =>
  scoped(gateUp.tape, () => {
    const half = withLast(gateUp.shape, Number(lastDim(gateUp.shape)) / 2);
    let gate = bind(slice(gateUp, half));
    let up = bind(slice(gateUp, half));
    gate = rebind(gate, clampBelow(gate));
    up = rebind(up, clampBetween(up));
    const glu = bind(mul(gate, sigmoid(scale(gate))));
    return bind(mul(addNumber(up), glu));
  });

const route = topLogitsRouter(false);

/** `GptOssMLP.forward` also returns the router's weights, which a variable of the layer holds. */
const mlp: ModuleOf = (layer, name, x) => {
  const [hidden_states] = bindAll(
    call(
      name,
      (input): readonly [Tensor, Tensor] => {
        const routing = route(layer, `${name}.router`, input);
        const experts = { path: `${name}.experts`, gate: clampedGate, hasKernel: true, transposed: true } as const;
        const output = groupedExperts(layer, experts, { x: input, routing });
        return [output, routing.weights];
      },
      x,
    ),
  ) as readonly [Tensor, Tensor];
  return hidden_states;
};

const everyOther = (a: Architecture, index: number): string =>
  a.layer_types?.[index] ?? ((index + 1) % 2 === 0 ? "full_attention" : "sliding_attention");

const base = decoderModel({ norm: olmo2Norm, makeTables: halfTables });

/** gpt-oss: attention sinks, experts with biases in every layer, windows in every second layer. @see transformers 5.24, modeling_gpt_oss.py */
export const gptOss: Forward = {
  ...base,
  balancesExperts: true,
  ...windows(base, everyOther, true),
  layer: preNormLayer({ norm: olmo2Norm, mlp, attend: selfAttention }),
};
