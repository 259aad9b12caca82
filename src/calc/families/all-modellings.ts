import { causalShift } from "#calc/modules/older-losses.ts";
import { fastCrossEntropy, fastRmsNorm, fastRotary } from "#calc/modules/fused-kernels.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { olderExperts } from "#calc/modules/older-experts.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { checkpointedReentrant } from "#calc/tape/checkpoint-reentrant.ts";
import { to } from "#calc/tape/ops/to.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import { decoderModel } from "#calc/families/shared/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { olderGptBigCode } from "#calc/families/gpt2/forward.ts";
import { olderAttention } from "#calc/families/modellings/older-attention.ts";
import { type PreNormLayer, preNormLayer } from "#calc/families/shared/forward/pre-norm-layer.ts";
import { unsloth } from "#calc/families/modellings/unsloth.ts";
import { addModellings, type OtherModelling } from "./known-families.ts";

const REENTRANT = { checkpoint: checkpointedReentrant } as const;

/** GPT-BigCode computes its loss itself, without an upcast. @see transformers 4.48, modeling_gpt_bigcode.py, `GPTBigCodeForCausalLM.forward` */
const gptBigCode: Pick<Forward, "layer" | "loss"> = {
  layer: olderGptBigCode,
  loss: ({ loss }) =>
    causalShift({ upcast: false, fast: loss.kind === "inplace" ? fastCrossEntropy : null, outputsInFloat: true }),
};

type Repeats = Parameters<typeof olderAttention>[0]["repeats"];

/** SDPA in version 4 is never told of grouped heads. @see transformers 4.48, integrations/sdpa_attention.py, `repeat_kv` */
const forSdpa: Repeats = (attn_implementation) => attn_implementation === "sdpa" || attn_implementation === "math";

/** Up to 4.47 so is flash attention in Mistral and Qwen 2. @see transformers 4.45, modeling_mistral.py, `MistralFlashAttention2` */
const forKernels: Repeats = (attn_implementation) => attn_implementation !== "eager";

/** The types whose layer is Llama's, by what repeats their keys and values up to 4.47. */
const LLAMA_LIKE: Readonly<Record<string, Repeats>> = {
  llama: forSdpa,
  mistral: forKernels,
  qwen2: forKernels,
  mixtral: forKernels,
  granite: forSdpa,
};

/** A version of transformers 4, and kernels over it: its norm, its rotary embedding, whether adapters are fused. */
type Version = Readonly<{
  repeatsOf: (model_type: string) => Repeats | undefined;
  /** Whether the model itself upcasts its logits, before the shift. */
  upcastsLogits: boolean;
  kernels: boolean;
}>;

const fastLoss: Pick<Forward, "loss"> = {
  loss: ({ loss }) => (loss.kind === "inplace" ? causalShift({ upcast: true, fast: fastCrossEntropy }) : undefined),
};

/** Up to 4.45 `logits = logits.float()` in each model. */
const upcastLogits = (forward: Forward): Pick<Forward, "logits"> => ({
  logits: (model, states) => to(forward.logits(model, states), "fp32"),
});

/** What a type has in the place of Llama's MLP, and does to each branch. */
const partsOf = (model_type: string): Pick<PreNormLayer, "mlp" | "branch"> => ({
  mlp: model_type === "mixtral" ? olderExperts : gatedMlp,
  ...(model_type === "granite" && { branch: scale }),
});

const llamaLike = (model_type: string, repeats: Repeats, kernels: boolean): Pick<Forward, "layer" | "finalNorm"> => {
  const norm = kernels ? fastRmsNorm : rmsNorm;
  const rotary = kernels ? fastRotary : applyRotary;
  const attend = olderAttention({ rotary, repeats, fused: kernels });
  return {
    finalNorm: decoderModel({ norm }).finalNorm,
    layer: preNormLayer({ norm, attend, ...partsOf(model_type) }),
  };
};

/**
 * Version 4's code, as far as it keeps other tensors than version 5's: reentrant checkpointing is the default, keys and values are repeated. With the
 * kernels of fms-acceleration-foak: norm, rotary embedding, cross entropy, adapters on 4-bit linears.
 *
 * @see transformers 4.48, modeling_utils.py, `gradient_checkpointing_enable`; fms_acceleration_foak/models/mistral.py, `get_mp_rules`
 */
const version =
  ({ repeatsOf, upcastsLogits, kernels }: Version): OtherModelling =>
  (forward, type) => {
    const model_type = type.slice(type.indexOf("/") + 1);
    if (model_type === "gpt_bigcode") return { ...forward, ...REENTRANT, ...gptBigCode };
    const repeats = repeatsOf(model_type);
    return {
      ...forward,
      ...REENTRANT,
      ...(upcastsLogits && upcastLogits(forward)),
      ...(repeats !== undefined && llamaLike(model_type, repeats, kernels)),
      ...(kernels && fastLoss),
    };
  };

const in445 = (model_type: string): Repeats | undefined =>
  Object.hasOwn(LLAMA_LIKE, model_type) ? LLAMA_LIKE[model_type] : undefined;
const in448 = (model_type: string): Repeats | undefined => in445(model_type) && forSdpa;

const TORCHTUNE_TYPES = new Set(["llama", "mistral", "qwen2"]);

/** torchtune's one decoder writes grouped keys and values anew for every query head. @see torchtune/modules/attention.py, `MultiHeadAttention` */
const torchtune: OtherModelling = (forward, model_type) =>
  TORCHTUNE_TYPES.has(model_type) ? { ...forward, ...llamaLike(model_type, () => true, false) } : forward;

addModellings({
  unsloth: unsloth("in place"),
  "unsloth-2024": unsloth("product"),
  "transformers-4.48": version({ repeatsOf: in448, upcastsLogits: false, kernels: false }),
  "transformers-4.45": version({ repeatsOf: in445, upcastsLogits: true, kernels: false }),
  "foak-4.48": version({ repeatsOf: in448, upcastsLogits: false, kernels: true }),
  "foak-4.45": version({ repeatsOf: in445, upcastsLogits: true, kernels: true }),
  // The whole model is LitGPT's own where it knows the type: `litgpt.ts`.
  litgpt: (forward) => forward,
  "litgpt-0.4": (forward) => forward,
  torchtune,
});
