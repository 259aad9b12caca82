import { causalMask } from "#calc/modules/causal-mask.ts";
import { ungated } from "#calc/modules/expert-gates.ts";
import { groupedExperts } from "#calc/modules/experts.ts";
import { applyLinear } from "#calc/modules/linear.ts";
import { tensorOf } from "#calc/modules/loaded.ts";
import { mamba2 } from "#calc/modules/mamba2.ts";
import { plainMlp } from "#calc/modules/plain-mlp.ts";
import { nemotronHNorm } from "#calc/modules/rms-norm.ts";
import { nemotronRouter } from "#calc/modules/router.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { to } from "#calc/tape/ops/to.ts";
import { bind, bindAll, call, rebind, unname } from "#calc/tape/scope.ts";
import { embedTokens } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { unrotatedContext } from "#calc/families/parts/forward/layer-context.ts";
import type { ModuleOf } from "#calc/families/parts/forward/module-of.ts";
import { type Attend, selfAttention } from "#calc/families/parts/forward/self-attention.ts";

const mlp = plainMlp("up_proj", "down_proj");

/** `NemotronHMoE.forward` */
const moe: ModuleOf = (layer, name, x) =>
  call(
    name,
    (residuals) => {
      const routing = nemotronRouter(layer, `${name}.gate`, residuals);
      const experts = { path: `${name}.experts`, up: "up_proj", gate: ungated };
      const hidden_states = bind(groupedExperts(layer, experts, { x: residuals, routing }));
      return add(hidden_states, mlp(layer, `${name}.shared_experts`, residuals));
    },
    x,
  );

const CHUNK = 128;
const mamba = mamba2("mixer", CHUNK);
const attend = selfAttention({ path: "mixer", norm: nemotronHNorm, rotary: (q, k) => [q, k] });

const isAttention = (kind: string): boolean => kind.startsWith("attention");

/** The mixer of a layer, which its kind names. */
const mixer: Attend = (layer, context, x) => {
  if (isAttention(layer.kind)) return attend(layer, context, x);
  if (layer.kind.startsWith("mamba")) return [mamba(layer, x), null];
  return [(layer.kind.startsWith("moe") ? moe : mlp)(layer, "mixer", x), null];
};

/** Nemotron-H: a layer is one norm and one mixer, be it Mamba 2, attention, MLP or experts. @see transformers 5.24, modeling_nemotron_h.py */
export const nemotronH: Forward = {
  chunkSize: CHUNK,
  buffers: () => [],
  layerBuffers: ({ architecture }, kind) =>
    kind.startsWith("moe") ? [{ elements: architecture.num_experts ?? 0, dtype: "fp32" }] : [],
  embed: (model, input_ids) => embedTokens(model, input_ids, "embeddings"),
  context: (model, inputs_embeds) => causalMask(model.options, inputs_embeds),
  choose: ({ kind }, context) => (isAttention(kind) ? context : []),
  layer: (layer, context, residual) => {
    const { dtype } = tensorOf(layer, "norm.weight");
    let hidden_states = bind(nemotronHNorm(layer, "norm", to(residual, dtype)));
    const [output] = bindAll(mixer(layer, unrotatedContext(context), hidden_states));
    unname(hidden_states);
    hidden_states = output;
    return rebind(hidden_states, add(residual, hidden_states));
  },
  finalNorm: (model, hidden_states) => nemotronHNorm(model.final, "norm_f", hidden_states),
  logits: (model, hidden_states) => to(applyLinear(model.head, hidden_states), "fp32"),
};
