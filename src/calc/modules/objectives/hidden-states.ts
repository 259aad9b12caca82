import type { Model } from "#calc/modules/forward.ts";
import { outputOf, type Outputs } from "#calc/modules/objective.ts";
import { enterLayer } from "#calc/tape/enter-layer.ts";
import { to } from "#calc/tape/ops/to.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { drop } from "#calc/tape/tensor.ts";

const nameOf = (index: number): string => `hidden state ${index}`;

/** Hidden states that a model returned (`output_hidden_states`): what each layer got, and what the last norm gave, by name. Whoever has them drops them. */
export const namedStates = (states: readonly Tensor[]): Outputs =>
  Object.fromEntries(states.map((state, index) => [nameOf(index), state]));

/** Does something with each of a model's hidden states, in the layer that got it; the last is of what comes after the layers. */
const inEachLayer = <T>({ tape, layers }: Model, outputs: Outputs, body: (state: Tensor) => T): readonly T[] =>
  Array.from({ length: layers.length + 1 }, (_, index) => {
    enterLayer(tape, index);
    return body(outputOf(outputs, nameOf(index)));
  });

/** `convert_outputs_to_fp32`: those that leave autocast in 16 bits are copied; the others stay as they are. */
export const statesInFp32 = (model: Model, outputs: Outputs): Outputs =>
  namedStates(
    inEachLayer(model, outputs, (state) => {
      if (model.options.autocast === null || state.dtype === "fp32") return state;
      const copy = to(state, "fp32");
      copy.bindings++;
      return copy;
    }),
  );

/** Lets go of hidden states, but of those that `kept` has, too. */
export const dropStates = (model: Model, outputs: Outputs, kept: Outputs = {}): void => {
  const stays = new Set(Object.values(kept));
  inEachLayer(model, outputs, (state) => {
    if (!stays.has(state)) drop(state);
  });
};
