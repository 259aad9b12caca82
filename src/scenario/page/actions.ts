import { loadFullCatalog } from "#catalog/load-full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { changedFields } from "#scenario/choices/changed-fields.ts";
import { settle } from "#scenario/choices/settle.ts";
import { withoutFields } from "#scenario/keys/unknown.ts";
import { currentHold } from "./hand.ts";
import { type ScenarioState, useScenario } from "./store.ts";
import { type Change, withStep } from "./undo-steps.ts";

let lastChange: Change | null = null;

/** Takes over some of the choices, but none that the link has locked; the ones before can be brought back with `undo`. */
export const change = (patch: Partial<Choices>): void => {
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

/** Takes over all that a link brings, and what was wrong with it; there is nothing to undo before it. */
export const replaceChoices = (
  link: Pick<ScenarioState, "choices" | "pinned" | "issues"> & Partial<Pick<ScenarioState, "answer">>,
): void => {
  lastChange = null;
  const { choices, pinned, issues, answer } = link;
  useScenario.setState({ choices, pinned, issues, past: [], future: [], ...(answer && { answer, unanswered: null }) });
};
