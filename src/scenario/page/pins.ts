import { replaceChoices } from "./actions.ts";
import { asScenario } from "#scenario/choices/choice-changes.ts";
import { useScenario } from "./store.ts";
import { isFull } from "#scenario/keys/pinned-keys.ts";

/** Holds the present choices to compare later ones with; nothing happens when there is no more room. */
export const pin = (): void => {
  const { choices, pinned } = useScenario.getState();
  if (!isFull(pinned)) useScenario.setState({ pinned: [...pinned, asScenario(choices)] });
};

/** Lets go of one of the scenarios held. */
export const unpin = (index: number): void =>
  useScenario.setState(({ pinned }) => ({ pinned: pinned.filter((_, each) => each !== index) }));

/** Brings a scenario that is held back to the controls; the present one is held in its place. */
export const swapPinned = (index: number): void => {
  const { choices, pinned, issues } = useScenario.getState();
  const wanted = pinned[index];
  if (wanted === undefined) return;
  const { embed, theme, only, hide, lock } = choices;
  replaceChoices({
    choices: { ...wanted, embed, theme, only, hide, lock },
    pinned: pinned.with(index, asScenario(choices)),
    issues,
  });
};

/** Whether no further scenario fits beside those that are held. */
export const useIsFull = (): boolean => useScenario(({ pinned }) => isFull(pinned));
