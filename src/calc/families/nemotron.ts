// Nemotron and Minitron: LayerNorm plus one, squared ReLU, half of each head rotated.

import { type Loaded, tensorOf } from "#calc/modules/loaded-modules.ts";
import { plainMlp } from "#calc/modules/mlp.ts";
import { applyRotaryNemotron } from "#calc/modules/rotary.ts";
import { withoutAutocast } from "#calc/tape/autocast.ts";
import { layerNorm } from "#calc/tape/ops/layer-norm.ts";
import { to } from "#calc/tape/ops/views.ts";
import { addNumber } from "#calc/tape/ops/unary.ts";
import { bind, call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, partOfHead, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Layout, Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { llamaShape } from "./llama.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

/** `NemotronLayerNorm1P`: adds one to the weight; under autocast all is cast to autocast's type first. */
const layerNorm1P = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(
    name,
    (input) => {
      const { element } = input.tape.autocast;
      const isCast = element !== null && !input.tape.policies.fakeTensors;
      const cast = (tensor: Tensor): Tensor => bind(isCast ? to(tensor, element) : tensor);
      const weight = addNumber(tensorOf(loaded, `${name}.weight`));
      const held = bind(weight);
      const args = [cast(input), cast(held), cast(tensorOf(loaded, `${name}.bias`))] as const;
      return withoutAutocast(input.tape, () => layerNorm(args[0], [args[1], args[2]]));
    },
    x,
  );

/** Nemotron, Minitron: half of each head rotated, squared ReLU. @see transformers 5.24, modeling_nemotron.py */
const nemotronForward: Forward = {
  ...decoderModel({ norm: layerNorm1P, rotaryWidth: partOfHead(0.5) }),
  layer: preNormLayer({ norm: layerNorm1P, mlp: plainMlp("up_proj", "down_proj"), rotary: applyRotaryNemotron }),
};

/** Llama's modules without a gate, with LayerNorm. @see transformers 5.24, modeling_nemotron.py */
const layout: Layout = llamaShape({ mlp_type: "plain", norm_type: "layernorm" });

/** Nemotron and Minitron. */
export const nemotron: Family = {
  model_types: {
    nemotron: {
      name: "Nemotron",
      forward: nemotronForward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: { ...LLAMA_FIELDS, hidden_act: "relu2", mlp_type: "plain", norm_type: "layernorm" } },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
