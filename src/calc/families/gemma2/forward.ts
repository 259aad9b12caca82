import type { Architecture } from "#calc/model/architecture.ts";
import { gemmaNorm } from "#calc/modules/gemma-norm.ts";
import { applyLinear } from "#calc/modules/linear.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { scale, tanh } from "#calc/tape/ops/unary.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Forward, Model } from "#calc/modules/forward.ts";
import { embedScale, gemma } from "#calc/families/gemma/forward.ts";
import { sandwichLayer } from "#calc/families/parts/forward/sandwich-layer.ts";
import { windows, windowsWithTables } from "#calc/families/parts/forward/windows.ts";

/** Every `period`-th layer attends to all tokens, the others to a window. */
export const windowed =
  (period: number) =>
  (a: Architecture, index: number): string =>
    a.layer_types?.[index] ??
    ((index + 1) % (a.sliding_window_pattern ?? period) === 0 ? "full_attention" : "sliding_attention");

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

/** Gemma 2: norms before and after both branches, windows in every second layer, capped logits. @see transformers 5.24, modeling_gemma2.py */
export const gemma2: Forward = {
  ...gemma,
  ...windows(gemma, windowed(2), true),
  layer: sandwichLayer({ norm: gemmaNorm, mlp: gatedMlp, rotary: applyRotary, normAt: "heads first" }),
  logits: softcapped,
};

const ownTables = windowsWithTables(windowed(6));

/** Gemma 3: norms on queries and keys; layers with a window have rotary tables of their own. @see transformers 5.24, modeling_gemma3.py */
export const gemma3: Forward = {
  ...gemma2,
  ...ownTables,
  buffers: (options) => [...ownTables.buffers(options), embedScale(options)],
};
