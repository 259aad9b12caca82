// Llama-like layers in transformers 4: where keys and values are repeated, fused LoRA in attention.

import { fusableLinears, fusedLora } from "#calc/modules/fused-lora.ts";
import { repeatedKeys, cutIntoHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";
import type { ApplyRotary } from "#calc/modules/rotary.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { projectedAttention, type Attend } from "#calc/families/parts/attention.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { PreNormLayer } from "#calc/families/parts/decoder.ts";

/** The ways in which versions and kernels differ in Llama's attention. */
type OlderAttention = Readonly<{
  rotary: ApplyRotary;
  repeats: Repeats;
  /** Adapters on 4-bit linears go through kernels of their own. */
  fused: boolean;
}>;

const PROJECTIONS = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"];
const OUTPUT = "self_attn.o_proj";

const projected = (layer: Loaded, x: Tensor, fused: boolean): readonly Tensor[] => {
  const linears = fused ? fusableLinears(layer, PROJECTIONS) : null;
  return linears === null
    ? PROJECTIONS.map((name) => bind(linear(layer, name, x)))
    : fusedLora(linears, x, true).map(bind);
};

const projectedOut = (layer: Loaded, x: Tensor, fused: boolean): Tensor => {
  const linears = fused ? fusableLinears(layer, [OUTPUT]) : null;
  return linears === null ? linear(layer, OUTPUT, x) : (fusedLora(linears, x, false)[0] as Tensor);
};

/** `MistralFlashAttention2.forward` of transformers 4: the projections first, then heads, rotary embedding, attention, output projection. */
export const olderAttention = ({ rotary, repeats, fused }: OlderAttention): Attend =>
  projectedAttention({
    path: "self_attn",
    project: (layer, x) => cutIntoHeads(projected(layer, x, fused), layer.architecture.head_dim),
    rotary,
    prepare: (layer, heads) => (repeats(layer.options.attn_implementation) ? repeatedKeys(heads) : heads),
    output: (layer, attn_output) => projectedOut(layer, attn_output, fused),
  });

/** Whether keys and values are repeated for every query head before the kernel. */
type Repeats = (attn_implementation: StepOptions["attn_implementation"]) => boolean;

/** Version 4 never tells SDPA of grouped heads (`enable_gqa`). @see transformers 4.48, integrations/sdpa_attention.py, `repeat_kv` */
export const repeatsForSdpa: Repeats = (attn_implementation) =>
  attn_implementation !== "flash" && attn_implementation !== "eager";

/** Up to 4.47 Mistral and Qwen 2 also repeat them for flash attention. @see transformers 4.45, modeling_mistral.py, `MistralFlashAttention2` */
export const repeatsForKernels: Repeats = (attn_implementation) => attn_implementation !== "eager";

/** A layer like Llama's: where its keys and values are repeated up to 4.47; its own MLP, if it has one; what it does to each branch. */
export type LlamaLikeLayer = Readonly<{ repeats: Repeats }> & Partial<Pick<PreNormLayer, "mlp" | "branch">>;

/** A type's layer in transformers 4: one like Llama's, or parts of a forward pass of its own. */
export type OlderLayer = Readonly<{ llamaLike: LlamaLikeLayer }> | Readonly<{ own: Pick<Forward, "layer" | "loss"> }>;
