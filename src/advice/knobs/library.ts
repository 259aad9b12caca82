// Knob for the training library: another current library with its defaults.

import type { KnobMaker } from "./knob.ts";
import { isStackId, STACKS, type StackId } from "#catalog/stacks.ts";

/** Old versions carry theirs in the id: nobody goes back to one to save memory. */
const isCurrent = (id: string): boolean => !/-\d/.test(id);

const LIBRARIES = Object.keys(STACKS).filter(
  (id): id is StackId => isStackId(id) && isCurrent(id) && STACKS[id].accounting === "training-step",
);

/** Another training library with its defaults; what the reader has overridden stays. A rule of thumb is none, and has none beside it. */
export const library: KnobMaker = ({ choices }) => {
  const now = isStackId(choices.stack) ? STACKS[choices.stack] : STACKS.transformers;
  if (now.accounting !== "training-step") return [];
  return LIBRARIES.filter((id) => id !== choices.stack).map((id) => ({
    id: `stack-${id}`,
    subject: "library",
    title: `Train with ${STACKS[id].name}`,
    phrase: `train with ${STACKS[id].name}`,
    price: "stack",
    patch: { stack: id },
  }));
};
