import type { Catalog } from "./catalog.ts";
import { findRows, nearestRows, searchable, type Searchable } from "./find-rows.ts";

type ModelRow = Catalog["models"][string];

const cache = new WeakMap<ModelRow, Searchable>();

const searchableModel = (id: string, row: ModelRow): Searchable => {
  const known = cache.get(row);
  if (known) return known;
  const made = searchable([row.name, id, row.family, row.hf_repo, row.hf_repo?.split("/")[1]]);
  cache.set(row, made);
  return made;
};

/** Models by words of name, id, family, repository and size, in any order: "llama 8", "qwen 7b instruct". Best first; an empty query: popular first. */
export const findModels = (catalog: Catalog, query: string): readonly Readonly<{ id: string; row: ModelRow }>[] =>
  findRows(catalog.models, query, searchableModel);

/** The models nearest to a query that finds none, the nearest first. */
export const nearestModels = (catalog: Catalog, query: string): readonly Readonly<{ id: string; row: ModelRow }>[] =>
  nearestRows(catalog.models, query, searchableModel);
