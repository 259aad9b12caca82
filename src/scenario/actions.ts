import { loadFullCatalog } from "#catalog/load-full-catalog.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "./choices.ts";
import { changedFields } from "./changed-fields.ts";
import { settle } from "./settle.ts";
import { useScenario } from "./store.ts";
import { type Change, withStep } from "./undo-steps.ts";
import { decodeLink } from "./url.ts";

let lastChange: Change | null = null;

/** Takes over some of the choices; the ones before can be brought back with `undo`. */
export const change = (patch: Partial<Choices>): void => {
  const { choices, past } = useScenario.getState();
  const next = settle({ ...choices, ...patch });
  const fields = changedFields(choices, next);
  if (fields.length === 0) return;
  const step: Change = { fields, at: performance.now() };
  useScenario.setState({ choices: next, past: withStep(past, choices, { before: lastChange, change: step }) });
  lastChange = step;
};

/** Brings back the choices before the last step; nothing happens when there is none. */
export const undo = (): void => {
  const { past } = useScenario.getState();
  const choices = past.at(-1);
  lastChange = null;
  if (choices !== undefined) useScenario.setState({ choices, past: past.slice(0, -1) });
};

/** The reader has seen what was wrong with the link. */
export const dismissIssues = (): void => useScenario.setState({ issues: [] });

/** Brings in all models and GPUs. Rejects when they cannot be loaded; what is here stays, and the next call tries again. */
export const ensureFullCatalog = async (): Promise<void> => {
  if (useScenario.getState().catalog.complete) return;
  const catalog = await loadFullCatalog();
  useScenario.setState({ catalog });
};

/** Whether the rows that the choices name are in the catalog. */
const hasRows = ({ models, gpus }: Catalog, { model, gpu }: Choices): boolean =>
  (model.kind !== "catalog" || Object.hasOwn(models, model.id)) &&
  (gpu.kind !== "catalog" || Object.hasOwn(gpus, gpu.id));

let openings = 0;

/**
 * Takes over what a link says, and keeps what was wrong with it for the page to show. Loads the full catalog first when the link names a
 * model or GPU that is not among the popular ones; a link opened meanwhile wins.
 *
 * @param search the link from its `?` on, or what follows it
 */
export const openLink = async (search: string): Promise<void> => {
  openings += 1;
  const opening = openings;
  if (!hasRows(useScenario.getState().catalog, decodeLink(search, null).value)) {
    // Without the full catalog the link is read with what is here, and says which names it did not find.
    await ensureFullCatalog().catch(() => undefined);
    if (opening !== openings) return;
  }
  const { value, issues } = decodeLink(search, useScenario.getState().catalog);
  lastChange = null;
  useScenario.setState({ choices: value, issues, past: [] });
};
