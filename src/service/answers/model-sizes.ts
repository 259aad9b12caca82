import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";

/** Parameters of each model of the catalog, by its id. */
export type ModelSizes = Readonly<Record<string, number>>;

/**
 * How large the models of the catalog are. The catalog has no sizes: they follow from its configs.
 *
 * @yields after each model
 */
export function* modelSizes(_: Readonly<Record<string, never>>, { models }: Catalog): Generator<void, ModelSizes> {
  const sizes: Record<string, number> = {};
  for (const [id, { architecture }] of Object.entries(models)) {
    sizes[id] = ENGINE.countParameters(architecture);
    yield;
  }
  return sizes;
}
