import { causalShift } from "#calc/modules/causal-lm-loss.ts";
import { fastCrossEntropy, fastRmsNorm, fastRotary } from "#calc/modules/fused-experts.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { checkpointedReentrant } from "#calc/tape/checkpoint-reentrant.ts";
import { to } from "#calc/tape/ops/views.ts";
import { decoderModel } from "#calc/families/parts/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { olderAttention, forSdpa, type LlamaLikeLayer } from "./older-layers.ts";
import { preNormLayer } from "#calc/families/parts/layers.ts";
import { unsloth } from "./unsloth-layer.ts";
import type { OtherModelling, OtherModellings } from "./modelling.ts";
import { given } from "./model-type.ts";

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
    const older = given(type.transformers4);
    if (older !== undefined && "own" in older) return { ...forward, ...REENTRANT, ...older.own };
    const layer = older?.llamaLike;
    return {
      ...forward,
      ...REENTRANT,
      ...(upcastsLogits && upcastLogits(forward)),
      ...(layer && llamaLike(groupsHeads ? { ...layer, repeats: forSdpa } : layer, kernels)),
      ...(kernels && fastLoss),
    };
  };

/** torchtune's one decoder copies keys and values for every query head that shares them. @see torchtune/modules/attention.py, `MultiHeadAttention` */
const torchtune: OtherModelling = ({ forward, type }) =>
  given(type.torchtune) ? { ...forward, ...llamaLike({ repeats: () => true }, false) } : forward;

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
