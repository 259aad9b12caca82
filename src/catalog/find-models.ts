import type { Catalog } from "./catalog.ts";
import { findRows, searchable, type Searchable } from "./find-rows.ts";
import type { ModelFacts } from "./model-row.ts";

const cache = new WeakMap<ModelFacts, Searchable>();

const searchableModel = (id: string, row: ModelFacts): Searchable => {
  const known = cache.get(row);
  if (known) return known;
  const made = searchable([row.name, id, row.family, row.hf_repo, row.hf_repo.split("/")[1] ?? ""]);
  cache.set(row, made);
  return made;
};

/** Models by words of name, id, family, repository and size, in any order: "llama 8", "qwen 7b instruct". Best first; an empty query: popular first. */
export const findModels = (catalog: Catalog, query: string): readonly Readonly<{ id: string; row: ModelFacts }>[] =>
  findRows(catalog.models, query, searchableModel);
