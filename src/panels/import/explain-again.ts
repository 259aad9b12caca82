import type { Choices } from "#scenario/keys/choices.ts";
import { change, undo } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { type Explained, useBox } from "./box.ts";

const update = (next: (explained: Explained) => Explained): void => {
  const { explained } = useBox.getState();
  if (explained !== null) useBox.setState({ explained: next(explained) });
};

/** Another error of the same text. */
export const showError = (shown: number): void => update((explained) => ({ ...explained, shown }));

/** The run was another one: the scenario changes, and the error is held against it. */
export const holdAgainst = (patch: Partial<Choices>): void => {
  change(patch);
  const { choices } = useScenario.getState();
  update((explained) => ({ ...explained, against: choices, applied: null }));
};

/** Takes a way out. The error is still one of the run before: only the answer behind the box changes. */
export const takeWayOut = (title: string, patch: Partial<Choices>): void => {
  change(patch);
  const { choices } = useScenario.getState();
  update((explained) => ({ ...explained, applied: { title, after: choices } }));
};

/** Takes back the way out that was taken last. */
export const backFromWayOut = (): void => {
  undo();
  update((explained) => ({ ...explained, applied: null }));
};

/** Shows the text of the error in the field again. */
export const backToText = (): void => useBox.setState({ explained: null });
