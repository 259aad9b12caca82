import type { Repeats } from "./older-layer.ts";
import { fusableLinears, fusedLora } from "#calc/modules/fused-lora.ts";
import { cutIntoHeads } from "#calc/modules/in-heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { repeatedKeys } from "#calc/modules/repeated-keys.ts";
import type { ApplyRotary } from "#calc/modules/rotary.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { projectedAttention } from "#calc/families/parts/forward/projected-attention.ts";
import type { Attend } from "#calc/families/parts/forward/self-attention.ts";

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
