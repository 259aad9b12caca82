import type { Catalog } from "#catalog/catalog.ts";
import { ensureFullCatalog, replaceChoices } from "./actions.ts";
import type { Choices } from "./choices.ts";
import { useScenario } from "./store.ts";
import { decodeLink } from "./url.ts";

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
  replaceChoices(value, issues);
};
