// Changes to the page's state: choices, undo, redo, pinned scenarios and catalog; steps by drag.

import { type Choices, withoutFields, arePinsFull } from "#scenario/keys/choices.ts";
import { loadFullCatalog } from "#catalog/catalog.ts";
import { changedFields, settle } from "#scenario/choices/settle.ts";
import { useEffect } from "react";
import { type ScenarioState, useScenario } from "./store.ts";

/** A pointer or a key goes down. */
const TAKING = ["pointerdown", "keydown"] as const;
const LETTING_GO = ["pointerup", "pointercancel", "keyup"] as const;

let holds = 0;
let isDown = false;

/** Which time it is that a hand is on a control (1 for the first); null while none is. A drag is one such time, however long it rests. */
export const currentHold = (): number | null => (isDown ? holds : null);

/** A key that is held down repeats. */
const isRepeated = (event: Event): boolean => event instanceof KeyboardEvent && event.repeat;

/**
 * Watches for hands on controls, wherever on the page.
 *
 * @param onTaken called when what a hand has done so far should be kept: when it lets go, when the browser says that a field has another value, and when
 *   something else is pressed. A page that is reloaded or closed right then must have it: a key may be the one for that, while the thumb is still held
 * @param signal ends it
 */
export const watchHand = (onTaken: () => void, signal: AbortSignal): void => {
  const take = (event: Event): void => {
    if (!isRepeated(event)) {
      holds += 1;
      onTaken();
    }
    isDown = true;
  };
  const letGo = (): void => {
    isDown = false;
    onTaken();
  };
  for (const type of TAKING) addEventListener(type, take, { signal, capture: true });
  for (const type of LETTING_GO) addEventListener(type, letGo, { signal });
  addEventListener("change", onTaken, { signal });
  signal.addEventListener("abort", () => (isDown = false), { once: true });
};

/** Steps that can be undone; more than anyone goes back, and small enough to keep. */
const MOST_STEPS = 100;

/** A drag changes one field many times in a row, a frame apart; a pause this long begins a new step. */
const DRAG_PAUSE_MS = 500;

/** A change of choices: which fields, when (milliseconds of any steady clock), and by which hold of a hand (null: none was on a control). */
export type Change = Readonly<{ fields: readonly string[]; at: number; hold: number | null }>;

/** One hand that has not let go, or no pause between. */
const isInOneGo = (before: Change, change: Change): boolean =>
  (change.hold !== null && change.hold === before.hold) || change.at - before.at < DRAG_PAUSE_MS;

/** Whether a change belongs to the same drag as the one before it: the same fields, in one go. */
const isSameDrag = (before: Change | null, change: Change): boolean =>
  before !== null &&
  isInOneGo(before, change) &&
  before.fields.length === change.fields.length &&
  before.fields.every((field, index) => field === change.fields[index]);

/**
 * The choices to go back to after a change: those before it are added, except within a drag, which is one step from where it began.
 *
 * @param past earlier choices, newest last
 * @internal
 */
export const withStep = (
  past: readonly Choices[],
  choices: Choices,
  { before, change }: Readonly<{ before: Change | null; change: Change }>,
): readonly Choices[] => (past.length > 0 && isSameDrag(before, change) ? past : [...past, choices].slice(-MOST_STEPS));

let lastChange: Change | null = null;

/** Takes over some of the choices, but none that the link has locked; the ones before can be brought back with `undo`. */
export const changeChoices = (patch: Partial<Choices>): void => {
  const { choices, past } = useScenario.getState();
  const open = Object.entries(patch).filter(([field]) => !choices.lock.includes(field));
  const unknown = withoutFields(
    choices.unknown,
    open.map(([field]) => field),
  );
  const next = settle({ ...choices, unknown, ...Object.fromEntries(open) });
  const fields = changedFields(choices, next);
  if (fields.length === 0) return;
  const step: Change = { fields, at: performance.now(), hold: currentHold() };
  useScenario.setState({
    choices: next,
    past: withStep(past, choices, { before: lastChange, change: step }),
    future: [],
  });
  lastChange = step;
};

/** Brings back the choices before the last step; nothing happens when there is none. */
export const undo = (): void => {
  const { choices, past, future } = useScenario.getState();
  const before = past.at(-1);
  lastChange = null;
  if (before !== undefined)
    useScenario.setState({ choices: before, past: past.slice(0, -1), future: [...future, choices] });
};

/** Takes the last step again that was undone; nothing happens when there is none. */
export const redo = (): void => {
  const { choices, past, future } = useScenario.getState();
  const after = future.at(-1);
  lastChange = null;
  if (after !== undefined)
    useScenario.setState({ choices: after, past: [...past, choices], future: future.slice(0, -1) });
};

/** The reader has seen what was wrong with the link. */
export const dismissIssues = (): void => useScenario.setState({ issues: [] });

/** Brings in all models and GPUs. Rejects when they cannot be loaded; what is here stays, and the next call tries again. */
export const ensureFullCatalog = async (): Promise<void> => {
  if (useScenario.getState().catalog.complete) return;
  const catalog = await loadFullCatalog();
  useScenario.setState({ catalog });
};

/** Loads all models and GPUs for lists and advice; a list that cannot be loaded stays short. */
export const useFullCatalog = (): void => {
  useEffect(() => void ensureFullCatalog().catch(() => undefined), []);
};

/** Takes over all that a link brings, and what was wrong with it; there is nothing to undo before it. */
export const replaceChoices = (
  link: Pick<ScenarioState, "choices" | "pinned" | "issues"> & Partial<Pick<ScenarioState, "answer">>,
): void => {
  lastChange = null;
  const { choices, pinned, issues, answer } = link;
  useScenario.setState({ choices, pinned, issues, past: [], future: [], ...(answer && { answer, unanswered: null }) });
};

/** Whether no further scenario fits beside those that are held. */
export const useArePinsFull = (): boolean => useScenario(({ pinned }) => arePinsFull(pinned));
