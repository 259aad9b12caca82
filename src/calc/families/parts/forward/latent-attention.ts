import { attention } from "#calc/modules/attention.ts";
import type { Attended } from "#calc/modules/heads.ts";
import { inHeads } from "#calc/modules/in-heads.ts";
import { linear } from "#calc/modules/linear.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import type { ApplyRotary } from "#calc/modules/rotary.ts";
import { cat } from "#calc/tape/ops/cat.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { copySlice } from "#calc/tape/ops/copy-slice.ts";
import { expand, split, view } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Attend } from "./self-attention.ts";

/** `torch.split(x, [first, second], dim=-1)`, bound to names of the caller. */
const inTwo = (x: Tensor, first: number, second: number): readonly [Tensor, Tensor] =>
  bindAll(split(x, [withLast(x.shape, first), shapeOf(...x.shape.dims.slice(0, -1), second)])) as readonly [
    Tensor,
    Tensor,
  ];

/** `expand_kv`: copies each head's keys and the one rotary part that all heads share into a new tensor; values are a view. */
const expandKv = (
  kv_nope: Tensor,
  k_rot: Tensor,
  { nope, value }: Readonly<{ nope: number; value: number }>,
): readonly [key: Tensor, value: Tensor] =>
  scoped(kv_nope.tape, (): readonly [Tensor, Tensor] => {
    const kv = bind(inHeads(kv_nope, nope + value));
    const [k_nope, value_states] = inTwo(kv, nope, value);
    const [, heads = 1] = kv.shape.dims;
    const rope = Number(k_rot.shape.dims[3]);
    const shared = bind(expand(k_rot, shapeOf("b", heads, "s", rope)));
    let key_states = bind(
      compute({ name: "new_empty", shape: shapeOf("b", heads, "s", nope + rope), dtype: kv.dtype }, kv),
    );
    key_states = rebind(key_states, copySlice(key_states, k_nope));
    key_states = rebind(key_states, copySlice(key_states, shared));
    return [key_states, value_states];
  });

/** `DeepseekV3Attention.forward` and its kin: queries through one bottleneck, keys and values through another. */
export const latentAttention =
  (rotary: ApplyRotary): Attend =>
  (layer, context, hidden_states) =>
    call(
      "self_attn",
      (x): Attended => {
        const { q_lora_rank, kv_lora_rank = 0, v_head_dim = 0 } = layer.architecture;
        const { qk_nope_head_dim: nope = 0, qk_rope_head_dim: rope = 0 } = layer.architecture;
        const projected = (name: string, states: Tensor): Tensor => linear(layer, `self_attn.${name}`, states);
        const normed = (name: string, states: Tensor): Tensor => rmsNorm(layer, `self_attn.${name}`, states);
        const q = q_lora_rank
          ? projected("q_b_proj", normed("q_a_layernorm", projected("q_a_proj", x)))
          : projected("q_proj", x);
        const q_states = bind(inHeads(q, nope + rope));
        const [q_pass, q_rot] = inTwo(q_states, nope, rope);
        const compressed_kv = bind(projected("kv_a_proj_with_mqa", x));
        const [kv_pass, k_pe] = inTwo(compressed_kv, kv_lora_rank, rope);
        const kv_nope = bind(view(normed("kv_a_layernorm", kv_pass), shapeOf("b", 1, "s", kv_lora_rank)));
        const k_rot = bind(view(k_pe, shapeOf("b", 1, "s", rope)));
        const [query_rot, key_rot] = bindAll(rotary(q_rot, k_rot, context));
        const query = bind(cat(q_pass, query_rot, q_states.shape));
        const [key, value] = bindAll(expandKv(projected("kv_b_proj", kv_nope), key_rot, { nope, value: v_head_dim }));
        const [attn_output, attn_weights] = bindAll(attention(layer.options, { query, key, value }, context));
        return [projected("o_proj", attn_output), attn_weights];
      },
      hidden_states,
    );
