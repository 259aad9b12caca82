import { mul } from "#calc/tape/ops/binary.ts";
import { chunk } from "#calc/tape/ops/view.ts";
import { bindAll, call, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { activation } from "./activations.ts";

/** The gated activation between the two products of an expert. */
export type ApplyGate = (gateUp: Tensor, hidden_act: string | undefined) => Tensor;

/** `_default_apply_gate` */
export const gatedByActivation: ApplyGate = (gateUp, hidden_act) =>
  scoped(gateUp.tape, () => {
    const [gate, up] = bindAll(chunk(gateUp, 2)) as readonly [Tensor, Tensor];
    return mul(call("act_fn", activation(hidden_act), gate), up);
  });

/** The activation alone, without a gate. */
export const ungated: ApplyGate = (x, hidden_act) => call("act_fn", activation(hidden_act), x);

/**
 * `path`: where the parameters are. `up`: the name of the first product's. `gate`: what runs between the two products; `hasKernel`: Unsloth has a kernel for one
 * that is the model's own. `transposed`: matrices are stored [in, out].
 */
export type Experts = Readonly<{ path: string; up?: string; gate: ApplyGate; hasKernel?: true; transposed?: true }>;
