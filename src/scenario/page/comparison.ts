// Scenarios kept for comparison: pinned, let go, or swapped with the present one.

import { arePinsFull } from "#scenario/keys/choices.ts";
import { asScenario, withLook } from "#scenario/choices/settle.ts";
import { useScenario } from "./store.ts";
import { replaceChoices } from "./actions.ts";

/** Holds the present choices to compare later ones with; nothing happens when there is no more room. */
export const pin = (): void => {
  const { choices, pinned } = useScenario.getState();
  if (!arePinsFull(pinned)) useScenario.setState({ pinned: [...pinned, asScenario(choices)] });
};

/** Lets go of one of the scenarios held. */
export const unpin = (index: number): void =>
  useScenario.setState(({ pinned }) => ({ pinned: pinned.filter((_, each) => each !== index) }));

/** Brings a scenario that is held back to the controls; the present one is held in its place. */
export const swapPinned = (index: number): void => {
  const { choices, pinned, issues } = useScenario.getState();
  const wanted = pinned[index];
  if (wanted === undefined) return;
  replaceChoices({
    choices: withLook(wanted, choices),
    pinned: pinned.with(index, asScenario(choices)),
    issues,
  });
};
