import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { PreNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";

/** Whether keys and values are repeated for every query head before the kernel. */
export type Repeats = (attn_implementation: StepOptions["attn_implementation"]) => boolean;

/** Version 4 never tells SDPA of grouped heads (`enable_gqa`). @see transformers 4.48, integrations/sdpa_attention.py, `repeat_kv` */
export const forSdpa: Repeats = (attn_implementation) =>
  attn_implementation !== "flash" && attn_implementation !== "eager";

/** Up to 4.47 Mistral and Qwen 2 also repeat them for flash attention. @see transformers 4.45, modeling_mistral.py, `MistralFlashAttention2` */
export const forKernels: Repeats = (attn_implementation) => attn_implementation !== "eager";

/** A layer like Llama's: where its keys and values are repeated up to 4.47; its own MLP, if it has one; what it does to each branch. */
export type LlamaLikeLayer = Readonly<{ repeats: Repeats }> & Partial<Pick<PreNormLayer, "mlp" | "branch">>;

/** A type's layer in transformers 4: one like Llama's, or parts of a forward pass of its own. */
export type OlderLayer = Readonly<{ llamaLike: LlamaLikeLayer }> | Readonly<{ own: Pick<Forward, "layer" | "loss"> }>;
