import type { Loaded } from "#calc/modules/loaded.ts";
import { tensorOf } from "#calc/modules/loaded.ts";
import { plainMlp } from "#calc/modules/plain-mlp.ts";
import { applyRotaryNemotron } from "#calc/modules/rotary-kinds.ts";
import { withoutAutocast } from "#calc/tape/autocast.ts";
import { layerNorm } from "#calc/tape/ops/layer-norm.ts";
import { to } from "#calc/tape/ops/to.ts";
import { addNumber } from "#calc/tape/ops/unary.ts";
import { bind, call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, partOfHead } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";

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
export const nemotron: Forward = {
  ...decoderModel({ norm: layerNorm1P, rotaryWidth: partOfHead(0.5) }),
  layer: preNormLayer({ norm: layerNorm1P, mlp: plainMlp("up_proj", "down_proj"), rotary: applyRotaryNemotron }),
};
