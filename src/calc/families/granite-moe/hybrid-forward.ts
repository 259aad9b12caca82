import type { Architecture } from "#calc/model/architecture.ts";
import { causalMask } from "#calc/modules/causal-mask.ts";
import { gatedByActivation } from "#calc/modules/expert-gates.ts";
import { groupedExperts } from "#calc/modules/experts.ts";
import { mamba2 } from "#calc/modules/mamba2.ts";
import { fusedGatedMlpOf } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { topLogitsRouter } from "#calc/modules/router.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { bind, call } from "#calc/tape/scope.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { granite } from "#calc/families/granite/forward.ts";
import { unrotatedContext } from "#calc/families/parts/forward/layer-context.ts";
import type { ModuleOf } from "#calc/families/parts/forward/module-of.ts";
import { type Attend, selfAttention } from "#calc/families/parts/forward/self-attention.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";

const route = topLogitsRouter(true);

/** `GraniteMoeHybridMoE.forward` */
const sparseMoe: ModuleOf = (layer, name, x) =>
  call(
    name,
    (input) => {
      const routing = route(layer, `${name}.router`, input);
      return groupedExperts(layer, { path: `${name}.experts`, gate: gatedByActivation }, { x: input, routing });
    },
    x,
  );

const sharedMlp = fusedGatedMlpOf("input_linear", "output_linear");

/** Experts, where there are any, beside a dense MLP. */
const mlp: ModuleOf = (layer, _, x) => {
  if (layer.architecture.num_experts === undefined) return sharedMlp(layer, "shared_mlp", x);
  const moe_hidden_states = bind(sparseMoe(layer, "block_sparse_moe", x));
  return add(moe_hidden_states, sharedMlp(layer, "shared_mlp", x));
};

const CHUNK = 256;
const mamba = mamba2("mamba", CHUNK);

/** Mamba 2 in a layer that has it, else attention. */
const mixer =
  (attend: Attend): Attend =>
  (layer, context, x) =>
    layer.linears.has("mamba.in_proj") ? [mamba(layer, x), null] : attend(layer, context, x);

/** Whether some layers are Mamba 2. Such a model has no positions. */
const hasMamba = (a: Architecture): boolean =>
  (a.layer_kinds ?? a.layer_types ?? []).some((kind) => kind.startsWith("mamba"));

const parts = { norm: rmsNorm, mlp, branch: scale };
const rotated = preNormLayer({ ...parts, attend: selfAttention({ norm: rmsNorm, rotary: applyRotary }) });
const unrotated = preNormLayer({
  ...parts,
  attend: mixer(selfAttention({ norm: rmsNorm, rotary: (q, k) => [q, k] })),
  contextOf: unrotatedContext,
});

/** Granite 4: Mamba 2 in most layers and no positions, or attention in all; experts beside a dense MLP. @see transformers 5.24, modeling_granitemoehybrid.py */
export const granitemoehybrid: Forward = {
  ...granite,
  chunkSize: CHUNK,
  buffers: (options) => (hasMamba(options.architecture) ? [] : granite.buffers(options)),
  context: (model, inputs_embeds, ...rest) =>
    hasMamba(model.options.architecture)
      ? causalMask(model.options, inputs_embeds)
      : granite.context(model, inputs_embeds, ...rest),
  keepsPositions: true,
  choose: (layer, context) => (layer.linears.has("mamba.in_proj") ? [] : context),
  layer: (layer, context, x) => (hasMamba(layer.architecture) ? unrotated : rotated)(layer, context, x),
};
