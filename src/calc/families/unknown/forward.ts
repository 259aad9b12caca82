import { gatedMlp } from "#calc/modules/mlp.ts";
import { plainMlp } from "#calc/modules/plain-mlp.ts";
import { bareLayerNorm, layerNorm } from "#calc/modules/norms.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { ModuleOf } from "#calc/families/parts/forward/module-of.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import { qwenBlock } from "#calc/families/parts/forward/sparse-block.ts";

const plain = plainMlp("up_proj", "down_proj");

/** The norm, by its parameters: LayerNorm with a bias, RMSNorm with a weight, else one without parameters. */
const norm: ModuleOf = (loaded, name, x) => {
  if (loaded.tensors.has(`${name}.bias`)) return layerNorm(loaded, name, x);
  return (loaded.tensors.has(`${name}.weight`) ? rmsNorm : bareLayerNorm)(loaded, name, x);
};

/** The MLP, by its modules: with a router a mixture of experts, with `gate_proj` a gated MLP, else a plain one. */
const mlp: ModuleOf = (loaded, name, x) => {
  if (loaded.tensors.has(`${name}.gate.weight`)) return qwenBlock(loaded, name, x);
  return (loaded.linears.has(`${name}.gate_proj`) ? gatedMlp : plain)(loaded, name, x);
};

/** A guess at a model whose code is unknown: as Llama, with the norms, MLP and experts that its config suggests. */
export const unknown: Forward = {
  ...decoderModel({ norm }),
  layer: preNormLayer({ norm, mlp, rotary: applyRotary }),
};
