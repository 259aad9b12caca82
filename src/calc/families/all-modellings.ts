import { causalShift } from "#calc/modules/causal-lm-loss.ts";
import { fastCrossEntropy, fastRmsNorm, fastRotary } from "#calc/modules/fused-kernels.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { checkpointedReentrant } from "#calc/tape/checkpoint-reentrant.ts";
import { to } from "#calc/tape/ops/to.ts";
import { decoderModel } from "./forward/decoder-model.ts";
import type { Forward } from "./forward/forward.ts";
import { olderGptBigCode } from "./forward/gpt2.ts";
import { olderAttention } from "./forward/older-attention.ts";
import { preNormLayer } from "./forward/pre-norm-layer.ts";
import { addModellings, type OtherModelling } from "./known-families.ts";

const REENTRANT = { checkpoint: checkpointedReentrant } as const;

/** GPT-BigCode computes its loss itself, without an upcast. @see transformers 4.48, modeling_gpt_bigcode.py, `GPTBigCodeForCausalLM.forward` */
const gptBigCode: Pick<Forward, "layer" | "loss"> = {
  layer: olderGptBigCode,
  loss: ({ loss }) =>
    causalShift({ upcast: false, fast: loss.kind === "inplace" ? fastCrossEntropy : null, outputsInFloat: true }),
};

/** transformers 4.48: reentrant checkpointing is the default. */
const transformers4: OtherModelling = (forward, model_type) => ({
  ...forward,
  ...REENTRANT,
  ...(model_type === "gpt_bigcode" && gptBigCode),
});

const older = (repeats: boolean): Forward["layer"] =>
  preNormLayer({
    norm: rmsNorm,
    mlp: gatedMlp,
    attend: olderAttention({ rotary: applyRotary, repeats, fused: false }),
  });

/** Up to 4.47 Mistral's flash attention repeats keys and values. @see transformers 4.45, modeling_mistral.py, `MistralFlashAttention2` */
const transformers445: OtherModelling = (forward, model_type) => ({
  ...transformers4(forward, model_type),
  ...(model_type !== "gpt_bigcode" && { logits: (model, states) => to(forward.logits(model, states), "fp32") }),
  ...(model_type === "mistral" && { layer: older(true) }),
});

const FAST = new Set(["llama", "mistral"]);

/**
 * The kernels of fms-acceleration-foak over a version of transformers: norm, rotary embedding, cross entropy, adapters on 4-bit linears.
 *
 * @see fms_acceleration_foak/models/mistral.py, `get_mp_rules`
 */
const withKernels =
  (version: OtherModelling, repeats: boolean): OtherModelling =>
  (forward, model_type) => {
    const base = version(forward, model_type);
    if (!FAST.has(model_type)) return base;
    return {
      ...base,
      finalNorm: decoderModel({ norm: fastRmsNorm }).finalNorm,
      layer: preNormLayer({
        norm: fastRmsNorm,
        mlp: gatedMlp,
        attend: olderAttention({ rotary: fastRotary, repeats: repeats && model_type === "mistral", fused: true }),
      }),
      loss: ({ loss }) => (loss.kind === "inplace" ? causalShift({ upcast: true, fast: fastCrossEntropy }) : undefined),
    };
  };

addModellings({
  "transformers-4.48": transformers4,
  "transformers-4.45": transformers445,
  "foak-4.48": withKernels(transformers4, false),
  "foak-4.45": withKernels(transformers445, true),
  // The whole model is LitGPT's own where it knows the type: `litgpt.ts`.
  litgpt: (forward) => forward,
});
