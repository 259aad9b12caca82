import { fastRmsNorm, fastRotary } from "#calc/modules/fused-experts.ts";
import { cutIntoHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { repeatedKeys } from "#calc/modules/fused-lora.ts";
import { type AdapterSum, linearsOfKernel, unslothLinears, unslothMlp } from "#calc/modules/unsloth-kernels.ts";
import { checkpointedReentrant } from "#calc/tape/checkpoint-reentrant.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { OtherModelling } from "./modelling.ts";
import { given } from "./model-type.ts";
import { decoderModel } from "#calc/families/parts/decoder-model.ts";
import { type ModuleOf, projectedAttention, type Attend } from "#calc/families/parts/attention.ts";
import { preNormLayer } from "#calc/families/parts/layers.ts";

const PROJECTIONS = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"];
const OUTPUT = "self_attn.o_proj";
const MLP = ["mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"];

const projected = (layer: Loaded, x: Tensor, sum: AdapterSum): readonly Tensor[] => {
  const linears = linearsOfKernel(layer, PROJECTIONS);
  return linears === null
    ? PROJECTIONS.map((name) => bind(linear(layer, name, x)))
    : unslothLinears(linears, x, { overInput: true, sum }).map(bind);
};

const projectedOut = (layer: Loaded, x: Tensor, sum: AdapterSum): Tensor => {
  const linears = linearsOfKernel(layer, [OUTPUT]);
  if (linears === null) return linear(layer, OUTPUT, x);
  const [out] = unslothLinears(linears, x, { overInput: false, sum });
  return out as Tensor;
};

/** `LlamaAttention_fast_forward`; on a card without a flash kernel it calls xformers' memory-efficient one, for which it repeats keys and values. */
const attend = (sum: AdapterSum): Attend =>
  projectedAttention({
    path: "self_attn",
    project: (layer, x) => cutIntoHeads(projected(layer, x, sum), layer.architecture.head_dim),
    rotary: fastRotary,
    prepare: (layer, heads) => (layer.options.attn_implementation === "efficient" ? repeatedKeys(heads) : heads),
    output: (layer, attn_output) => projectedOut(layer, attn_output, sum),
  });

const mlp =
  (sum: AdapterSum): ModuleOf =>
  (layer, name, x) => {
    const linears = linearsOfKernel(layer, MLP);
    const [gate, up, down] = linears ?? [];
    return gate === undefined || up === undefined || down === undefined
      ? gatedMlp(layer, name, x)
      : unslothMlp([gate, up, down], x, sum);
  };

/**
 * Unsloth's own layer: its norm, a rotary embedding in place, linears with adapters and the MLP as single autograd nodes, reentrant checkpoints. Types for
 * which it has other code run the operations of transformers here.
 *
 * @see unsloth/models/llama.py, `LlamaDecoderLayer_fast_forward`; unsloth_zoo/gradient_checkpointing.py, `Unsloth_Offloaded_Gradient_Checkpointer`
 */
export const unsloth =
  (sum: AdapterSum): OtherModelling =>
  ({ forward, type }) => ({
    ...forward,
    checkpoint: checkpointedReentrant,
    ...(given(type.unsloth) && {
      finalNorm: decoderModel({ norm: fastRmsNorm }).finalNorm,
      layer: preNormLayer({ norm: fastRmsNorm, mlp: mlp(sum), attend: attend(sum) }),
    }),
  });
