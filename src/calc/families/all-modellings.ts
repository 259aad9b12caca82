// Model code of transformers 4, fms-acceleration's kernels, Unsloth, LitGPT and torchtune, by name.

import { fastRmsNorm, fastRotary, fastCrossEntropy } from "#calc/modules/fused-lora.ts";
import { repeatedKeys, cutIntoHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { type AdapterSum, linearsOfKernel, unslothLinears, unslothMlp } from "#calc/modules/unsloth-kernels.ts";
import { checkpointedReentrant } from "#calc/tape/checkpoint-reentrant.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { type OtherModelling, knownFact, type OtherModellings } from "./family.ts";
import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import { type ModuleOf, projectedAttention, type Attend } from "#calc/families/parts/attention.ts";
import { causalShift } from "#calc/modules/causal-lm-loss.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { to } from "#calc/tape/ops/views.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { olderAttention, repeatsForSdpa, type LlamaLikeLayer } from "./transformers4-layers.ts";

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
const unsloth =
  (sum: AdapterSum): OtherModelling =>
  ({ forward, type }) => ({
    ...forward,
    checkpoint: checkpointedReentrant,
    ...(knownFact(type.unsloth) && {
      finalNorm: decoderModel({ norm: fastRmsNorm }).finalNorm,
      layer: preNormLayer({ norm: fastRmsNorm, mlp: mlp(sum), attend: attend(sum) }),
    }),
  });

const REENTRANT = { checkpoint: checkpointedReentrant } as const;

/** A version of transformers 4, with or without the kernels of fms-acceleration. */
type Version = Readonly<{
  /** Whether flash attention takes grouped heads in every type of model, as from 4.48 on. */
  groupsHeads: boolean;
  /** Whether the model upcasts its logits itself, before the shift. */
  upcastsLogits: boolean;
  kernels: boolean;
}>;

const fastLoss: Pick<Forward, "loss"> = {
  loss: ({ loss }) => (loss.kind === "inplace" ? causalShift({ upcast: true, fast: fastCrossEntropy }) : undefined),
};

/** Up to 4.45 each model has `logits = logits.float()`. */
const upcastLogits = (forward: Forward): Pick<Forward, "logits"> => ({
  logits: (model, states) => to(forward.logits(model, states), "fp32"),
});

const llamaLike = (
  { repeats, mlp = gatedMlp, ...branch }: LlamaLikeLayer,
  kernels: boolean,
): Pick<Forward, "layer" | "finalNorm"> => {
  const norm = kernels ? fastRmsNorm : rmsNorm;
  const rotary = kernels ? fastRotary : applyRotary;
  const attend = olderAttention({ rotary, repeats, fused: kernels });
  return {
    finalNorm: decoderModel({ norm }).finalNorm,
    layer: preNormLayer({ norm, attend, mlp, ...branch }),
  };
};

/**
 * The code of version 4 where it keeps other tensors than that of version 5: checkpointing is reentrant by default, and keys and values are repeated. The
 * kernels of fms-acceleration-foak replace the norm, the rotary embedding, the cross entropy, and adapters on 4-bit linears.
 *
 * @see transformers 4.48, modeling_utils.py, `gradient_checkpointing_enable`; fms_acceleration_foak/models/mistral.py, `get_mp_rules`
 */
const version =
  ({ groupsHeads, upcastsLogits, kernels }: Version): OtherModelling =>
  ({ forward, type }) => {
    const older = knownFact(type.transformers4);
    if (older !== undefined && "own" in older) return { ...forward, ...REENTRANT, ...older.own };
    const layer = older?.llamaLike;
    return {
      ...forward,
      ...REENTRANT,
      ...(upcastsLogits && upcastLogits(forward)),
      ...(layer && llamaLike(groupsHeads ? { ...layer, repeats: repeatsForSdpa } : layer, kernels)),
      ...(kernels && fastLoss),
    };
  };

/** torchtune's one decoder copies keys and values for every query head that shares them. @see torchtune/modules/attention.py, `MultiHeadAttention` */
const torchtune: OtherModelling = ({ forward, type }) =>
  knownFact(type.torchtune) ? { ...forward, ...llamaLike({ repeats: () => true }, false) } : forward;

/** Modelling code of older versions of transformers and of other libraries, by its name. */
export const ALL_MODELLINGS: OtherModellings = {
  unsloth: unsloth("in place"),
  // The same layers, on version 4 of transformers.
  "unsloth-2025": unsloth("in place"),
  "unsloth-2024": unsloth("product"),
  "transformers-4.48": version({ groupsHeads: true, upcastsLogits: false, kernels: false }),
  "transformers-4.45": version({ groupsHeads: false, upcastsLogits: true, kernels: false }),
  "foak-4.48": version({ groupsHeads: true, upcastsLogits: false, kernels: true }),
  "foak-4.45": version({ groupsHeads: false, upcastsLogits: true, kernels: true }),
  // Types that LitGPT knows have a model of their own: `litgpt/`.
  litgpt: ({ forward }) => forward,
  "litgpt-0.4": ({ forward }) => forward,
  torchtune,
};
