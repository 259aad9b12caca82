import type { Catalog } from "#catalog/catalog.ts";
import { ensureFullCatalog, replaceChoices } from "./actions.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { useScenario } from "./store.ts";
import { decodeLink } from "#scenario/choices/url.ts";

const hasModel = ({ models }: Catalog, model: Choices["model"]): boolean => {
  switch (model.kind) {
    case "catalog":
      return Object.hasOwn(models, model.id);
    case "architecture":
    case "size":
      return true;
    default:
      return model satisfies never;
  }
};

/** Whether the rows that the choices name are in the catalog. */
const hasAll = (catalog: Catalog, choices: Choices): boolean =>
  hasModel(catalog, choices.model) && (choices.gpu.kind !== "catalog" || Object.hasOwn(catalog.gpus, choices.gpu.id));

/** A link that holds further scenarios. Their rows may be any. */
const PINNED = /[?&][bcd]=/;

let openings = 0;

/**
 * Takes over what a link says, and keeps what was wrong with it for the page to show. Loads the full catalog first when the link names a
 * model or GPU that is not among the popular ones. A link opened meanwhile wins.
 *
 * @param search the link from its `?` on, or what follows it
 */
export const openLink = async (search: string): Promise<void> => {
  openings += 1;
  const opening = openings;
  const isComparison = PINNED.test(search);
  if (isComparison || !hasAll(useScenario.getState().catalog, decodeLink(search, null).value)) {
    // Without the full catalog the link is read with what is here, and says which names it did not find.
    await ensureFullCatalog().catch(() => undefined);
  }
  if (opening !== openings) return;
  const { catalog } = useScenario.getState();
  const { value: choices, issues } = decodeLink(search, catalog);
  if (!isComparison) return replaceChoices({ choices, pinned: [], issues });
  const { decodePinned } = await import("#scenario/choices/pinned-link.ts");
  const { value: pinned, issues: more } = decodePinned(search, choices, catalog);
  if (opening === openings) replaceChoices({ choices, pinned, issues: [...issues, ...more] });
};
