// FSDP units inside layers, such as experts: gathered only while their module runs.

import type { Inputs, Tensor, ModuleCall, Tape } from "#calc/tape/tape.ts";
import { recordView } from "#calc/tape/operation.ts";
import { bind } from "#calc/tape/scope.ts";
import { to } from "#calc/tape/ops/views.ts";
import type { ModelHooks } from "#calc/modules/forward.ts";
import type { RankOptions } from "#calc/model/step-options.ts";
import type { Unit } from "./units.ts";

/**
 * Puts a node on a module's first input that calls `run` when the module's backward is done (`RegisterPostBackwardFunction`). Without effect where that input
 * needs no gradient.
 */
export const afterBackward = (inputs: Inputs, run: () => void): Inputs => {
  const [first, ...rest] = inputs;
  if (first.node === null) return inputs;
  const { shape, permuted } = first;
  const view = recordView(first, {
    name: "post-backward",
    shape,
    permuted,
    backward: (gradients) => {
      run();
      return gradients;
    },
  });
  return [bind(view), ...rest];
};

const cast = (input: Tensor): Tensor => (input.dtype === "fp32" ? bind(to(input, "bf16")) : input);

/** Casts a module's fp32 inputs to 16 bits, as mixed precision does. @see torch/distributed/fsdp/_fully_shard/_fsdp_state.py, `_cast_forward_inputs` */
export const castInputs = ([first, ...rest]: Inputs): Inputs => [cast(first), ...rest.map(cast)];

/** What a unit does around forward and backward, by the names of PyTorch's methods. */
type UnitHooks = Readonly<{
  /** The units inside that layer's, by module. */
  innerOf: (layer: number) => ReadonlyMap<string, Unit>;
  /** All-gathers its parameters, and copies them out. `phase`: in backward a buffer is freed at once. */
  unshard: (unit: Unit, phase: "forward" | "backward") => void;
  reshard: (unit: Unit) => void;
  /** Frees the buffer of the last all-gather. */
  freeBuffer: () => void;
  preBackward: (unit: Unit, layer: number) => void;
  postBackward: (unit: Unit) => void;
}>;

/** A router returns several tensors. */
type Output = Tensor | readonly (Tensor | null)[];

const tensorsOf = (output: Output): readonly Tensor[] =>
  "storage" in output ? [output] : output.filter((each) => each !== null);

/**
 * `fully_shard` of a module inside a layer that is a unit of its own: its parameters are gathered while the module runs.
 *
 * A checkpoint runs the layer again in backward. A unit whose pre-backward has run is left alone then: it is unsharded, and stays so. Where something that
 * runs after the module asks for the recomputation first, the module's second forward gathers the parameters, frees the buffer, and does not let go of them.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_state.py, `_pre_forward`, `_post_forward` (a module that is run alone is the root of its iteration);
 * _fsdp_param_group.py, `post_forward` (`is_bw`)
 */
export const aroundInnerUnits = (
  tape: Tape,
  { inner, castsInputs }: Pick<RankOptions, "inner" | "castsInputs">,
  hooks: UnitHooks,
): NonNullable<ModelHooks["around"]> => {
  const modules = new Set(inner.map(({ module }) => module));
  const cast = (inputs: Inputs): Inputs => (castsInputs ? castInputs(inputs) : inputs);
  const registerPreBackward = (unit: Unit, output: Output): void => {
    const { layer } = tape.position;
    for (const { node } of tensorsOf(output))
      if (node !== null) node.before = () => (unit.isInBackward ? undefined : hooks.preBackward(unit, layer));
  };
  const run = (unit: Unit, given: Inputs, forward: ModuleCall): Tensor => {
    if (unit.isInBackward) {
      hooks.unshard(unit, "backward");
      return forward(...given);
    }
    const isAgain = tape.checkpoints.rerun !== null;
    if (!isAgain) unit.hasRunPostBackward = false;
    hooks.unshard(unit, "forward");
    const output = forward(...afterBackward(given, () => hooks.postBackward(unit)));
    if (isAgain) hooks.freeBuffer();
    else hooks.reshard(unit);
    registerPreBackward(unit, output);
    return output;
  };
  const wrapped =
    (forward: ModuleCall, path: string): ModuleCall =>
    (...inputs) => {
      const unit = hooks.innerOf(tape.position.layer).get(path);
      return unit === undefined ? forward(...inputs) : run(unit, cast(inputs), forward);
    };
  return (path, _, forward) => (modules.has(path) ? wrapped(forward, path) : forward);
};
