import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { PreNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";

/** Whether keys and values are repeated for every query head before the kernel. */
export type Repeats = (attn_implementation: StepOptions["attn_implementation"]) => boolean;

/** SDPA in version 4 is never told of grouped heads. @see transformers 4.48, integrations/sdpa_attention.py, `repeat_kv` */
export const forSdpa: Repeats = (attn_implementation) =>
  attn_implementation === "sdpa" || attn_implementation === "math";

/** Up to 4.47 so is flash attention in Mistral and Qwen 2. @see transformers 4.45, modeling_mistral.py, `MistralFlashAttention2` */
export const forKernels: Repeats = (attn_implementation) => attn_implementation !== "eager";

/** A layer that is Llama's: what repeats its keys and values up to 4.47, what it has in the place of the MLP, what it does to each branch. */
export type LlamaLikeLayer = Readonly<{ repeats: Repeats }> & Partial<Pick<PreNormLayer, "mlp" | "branch">>;

/** A type's layer up to version 4 of transformers: Llama's, or parts of its forward pass that are its own. */
export type OlderLayer = Readonly<{ llamaLike: LlamaLikeLayer }> | Readonly<{ own: Pick<Forward, "layer" | "loss"> }>;
