import { isKnown, isModellingKnown } from "#calc/families/known-families.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { ensureFullCatalog, replaceChoices } from "./actions.ts";
import type { Choices } from "./choices.ts";
import { stackOf } from "./resolve-stack.ts";
import { useScenario } from "./store.ts";
import { decodeLink } from "./url.ts";

const hasModel = ({ models }: Catalog, model: Choices["model"]): boolean => {
  switch (model.kind) {
    case "catalog":
      return Object.hasOwn(models, model.id);
    case "architecture":
      return isKnown(model.architecture.model_type);
    case "size":
      return true;
    default:
      return model satisfies never;
  }
};

/** Whether the rows that the choices name are in the catalog, or the modelling code of an architecture, or of the stack, is here. */
const hasAll = (catalog: Catalog, { model, gpu, stack }: Choices): boolean =>
  hasModel(catalog, model) &&
  isModellingKnown(stackOf({ stack }).modelling ?? "transformers") &&
  (gpu.kind !== "catalog" || Object.hasOwn(catalog.gpus, gpu.id));

/** Whether a link may have the key `arch`, whose characters may be spelled with percent signs. */
const MAY_HAVE_ARCHITECTURE = /arch|%/i;

let openings = 0;

/**
 * Takes over what a link says, and keeps what was wrong with it for the page to show. Loads the full catalog first when the link names a
 * model or GPU that is not among the popular ones, brings an architecture of another family, or a stack with modelling code of its own; a link opened meanwhile wins.
 *
 * @param search the link from its `?` on, or what follows it
 */
export const openLink = async (search: string): Promise<void> => {
  openings += 1;
  const opening = openings;
  if (MAY_HAVE_ARCHITECTURE.test(search)) await import("./codec/architecture.ts");
  if (!hasAll(useScenario.getState().catalog, decodeLink(search, null).value)) {
    // Without the full catalog the link is read with what is here, and says which names it did not find.
    await ensureFullCatalog().catch(() => undefined);
  }
  if (opening !== openings) return;
  const { value, issues } = decodeLink(search, useScenario.getState().catalog);
  replaceChoices(value, issues);
};
