import type { Architecture } from "#calc/architecture.ts";
import { onceForEach } from "#calc/once-for-each.ts";

const wholes = new WeakMap<Architecture, Architecture>();

/** The architecture that a rank's part was cut out of; itself where it is whole. */
export const wholeArchitecture = (architecture: Architecture): Architecture => wholes.get(architecture) ?? architecture;

const cut = (a: Architecture, ranks: number): Architecture => {
  const share = (width: number): number => Math.ceil(width / ranks);
  const { intermediate_size, moe_intermediate_size } = a;
  const divided = {
    ...a,
    num_attention_heads: a.num_attention_heads / ranks,
    num_key_value_heads: a.num_key_value_heads / ranks,
    vocab_size: share(a.vocab_size),
    ...(intermediate_size !== undefined && { intermediate_size: share(intermediate_size) }),
    ...(moe_intermediate_size !== undefined && { moe_intermediate_size: share(moe_intermediate_size) }),
  };
  wholes.set(divided, a);
  return divided;
};

const parts = onceForEach<Architecture, Map<number, Architecture>>(() => new Map());

/**
 * What the first of N ranks has of a model whose matrices are divided: heads and heads of keys / N, ⌈f / N⌉ of each MLP and expert, ⌈V / N⌉ rows of
 * embedding and head. Hidden states, norms and routers stay whole. Every width inside a layer follows from these fields, LoRA's factors too: of a
 * matrix cut by columns B is cut, of one cut by rows A.
 *
 * @see transformers 5.24, distributed/tensor_parallel.py, `ColwiseParallel`, `RowwiseParallel`, `EmbeddingParallel`; peft 0.21, tuners/lora/model.py,
 * `add_lora_tp_hooks_dtensor`
 */
export const dividedArchitecture = (architecture: Architecture, ranks: number): Architecture => {
  if (ranks === 1) return architecture;
  const known = parts(architecture);
  const part = known.get(ranks) ?? cut(architecture, ranks);
  known.set(ranks, part);
  return part;
};
