import type { Architecture } from "#calc/architecture.ts";
import { causalMask } from "#calc/modules/causal-mask.ts";
import { gemmaNorm } from "#calc/modules/gemma-norm.ts";
import { applyLinear } from "#calc/modules/linear.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotary, rotaryTables } from "#calc/modules/rotary.ts";
import { scale, tanh } from "#calc/tape/ops/unary.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Forward, Model } from "./forward.ts";
import { frequencies } from "./decoder-model.ts";
import { embedScale, gemma } from "./gemma.ts";
import { sandwichLayer } from "./sandwich-layer.ts";

const layer = sandwichLayer({ norm: gemmaNorm, mlp: gatedMlp, rotary: applyRotary, normAt: "heads first" });

/** Every `period`-th layer attends to all tokens, the others to a window. */
const windowed = (period: number) => (a: Architecture, index: number): string => {
  const type = a.layer_types?.[index];
  if (type !== undefined) return type;
  return (index + 1) % (a.sliding_window_pattern ?? period) === 0 ? "full_attention" : "sliding_attention";
};

const isFull = (kind: string): boolean => kind.endsWith("full_attention");

/** Both masks, with eager attention. */
const masks = (model: Model, inputs_embeds: Tensor): readonly Tensor[] =>
  [...causalMask(model.options, inputs_embeds), ...causalMask(model.options, inputs_embeds)].map(bind);

/** `logits / softcap`, tanh, `* softcap` */
const softcapped = (model: Model, hidden_states: Tensor): Tensor => {
  if (model.options.architecture.final_logit_softcapping === undefined) return applyLinear(model.head, hidden_states);
  return scoped(model.tape, () => {
    let logits = bind(applyLinear(model.head, hidden_states));
    logits = rebind(logits, scale(logits));
    logits = rebind(logits, tanh(logits));
    return rebind(logits, scale(logits));
  });
};

/** Gemma 2: norms before and after both branches, windows in turn, capped logits. @see transformers 5.24, modeling_gemma2.py */
export const gemma2: Forward = {
  ...gemma,
  attentionKind: windowed(2),
  context: (model, inputs_embeds, position_ids) => {
    const both = masks(model, inputs_embeds);
    const width = model.options.architecture.head_dim;
    return [...rotaryTables({ width, dtype: inputs_embeds.dtype }, position_ids), ...both];
  },
  choose: ({ kind }, [cos, sin, full, sliding]) =>
    [cos, sin, isFull(kind) ? full : sliding].filter((tensor): tensor is Tensor => tensor !== undefined),
  layer,
  logits: softcapped,
};

/** Gemma 3: norms on queries and keys, rotary tables of their own for windows. @see transformers 5.24, modeling_gemma3.py */
export const gemma3: Forward = {
  ...gemma2,
  attentionKind: windowed(6),
  buffers: (options) => {
    const { architecture: a } = options;
    const kinds = new Set(Array.from({ length: a.num_hidden_layers }, (_, index) => windowed(6)(a, index)));
    return [...[...kinds].flatMap(() => frequencies(a.head_dim)), embedScale(options)];
  },
  context: (model, inputs_embeds, position_ids) => {
    const both = masks(model, inputs_embeds);
    const tables = { width: model.options.architecture.head_dim, dtype: inputs_embeds.dtype };
    const full = rotaryTables(tables, position_ids).map(bind);
    const kinds = new Set(model.layers.map(({ kind }) => kind));
    return [...full, ...(kinds.size > 1 ? rotaryTables(tables, position_ids) : full), ...both];
  },
  choose: ({ kind }, [cos, sin, slidingCos, slidingSin, full, sliding]) =>
    (isFull(kind) ? [cos, sin, full] : [slidingCos, slidingSin, sliding]).filter((tensor): tensor is Tensor => tensor !== undefined),
};
