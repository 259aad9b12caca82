// Loss terms of a tuner (AdaLoRA), added in a pass after the model's forward.

import { assert } from "#calc/base/guards.ts";
import type { Model } from "#calc/modules/forward.ts";
import type { Adapter, LoadedLinear, Tuner } from "#calc/modules/loaded-modules.ts";
import { type Objective, outputOf, type Outputs, type Pass } from "#calc/modules/objectives/objective.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { enterLayer } from "#calc/tape/segments.ts";
import { noteLayerLikeness } from "#calc/tape/run-state.ts";
import { addInPlace } from "#calc/tape/ops/arithmetic.ts";
import { addNumber, scale } from "#calc/tape/ops/unary.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** A tuner with terms of the loss of its own. */
type Penalising = Tuner & Required<Pick<Tuner, "penalties">>;

/** Adds the terms of an adapter: `regu_loss += ...`, from the number 0 on. */
const addAll = (sum: Tensor | null, tuner: Penalising, adapter: Adapter): Tensor | null => {
  let total = sum;
  for (const term of tuner.penalties(adapter)) {
    const value = term();
    total = total === null ? bind(addNumber(value)) : rebind(total, addInPlace(total, value));
  }
  return total;
};

const addLinears = (sum: Tensor | null, tuner: Penalising, linears: readonly LoadedLinear[]): Tensor | null =>
  linears.reduce((total, { adapter }) => (adapter === null ? total : addAll(total, tuner, adapter)), sum);

/** The terms of all adapters, layer by layer, added to the loss: `outputs.loss += orth_reg_weight * (regu_loss / num_param)`. */
const penalise = (model: Model, tuner: Penalising, loss: Tensor): Outputs =>
  withAutocast(model.tape, model.options.autocast, () => {
    const { tape, layers, head } = model;
    // The sum goes from one layer to the next.
    noteLayerLikeness(tape.layers, false);
    const sum = scoped(tape, () => {
      let total: Tensor | null = null;
      layers.forEach(({ linears }, index) => {
        enterLayer(tape, index);
        total = addLinears(total, tuner, [...linears.values()]);
      });
      enterLayer(tape, layers.length);
      return addLinears(total, tuner, [head]);
    });
    return { loss: sum === null ? loss : bind(addInPlace(loss, scale(scale(sum)))) };
  });

/** What a forward returns first: its loss, or logits where it was asked for no loss. */
const firstOf = (outputs: Outputs = {}): Tensor => {
  const [first] = Object.values(outputs);
  assert(first !== undefined, "a model's forward gives a loss");
  return first;
};

/**
 * An objective whose loss has terms of the tuner's, in a pass of their own, which goes through the layers after the model's forward. They are added to a loss
 * that the model itself makes, and to no trainer's: `objectiveOfStep`.
 *
 * @see peft 0.21, tuners/adalora/model.py, `AdaLoraModel.forward`
 */
export const withPenalties = (objective: Objective, tuner: Tuner | null): Objective => {
  if (tuner?.penalties === undefined) return objective;
  const penalising = { ...tuner, penalties: tuner.penalties };
  const moment = objective.passes.at(-1)?.moment ?? null;
  const pass: Pass = {
    id: "penalties",
    moment,
    run: ({ model }, earlier) => penalise(model, penalising, firstOf(earlier.at(-1))),
  };
  return {
    passes: [...objective.passes.map((each) => ({ ...each, moment: null })), pass],
    loss: (outputs, running) => {
      objective.loss(outputs.slice(0, -1), running);
      return outputOf(outputs.at(-1), "loss");
    },
  };
};
