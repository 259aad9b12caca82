import type { Catalog } from "./catalog.ts";
import { findRows, nearestRows, searchable, type Searchable } from "./find-rows.ts";

type GpuRow = Catalog["gpus"][string];

const cache = new WeakMap<GpuRow, Searchable>();

const searchableGpu = (id: string, row: GpuRow): Searchable => {
  const known = cache.get(row);
  if (known) return known;
  const made = searchable([
    row.name,
    id,
    row.shortName,
    row.vendor,
    row.chip,
    `${row.memoryGb}GB`,
    `${row.memoryGb} GB`,
  ]);
  cache.set(row, made);
  return made;
};

/** GPUs by words of name, id, vendor, chip and memory, in any order: "4090", "a100 80". Best first; an empty query: popular first. */
export const findGpus = (catalog: Catalog, query: string): readonly Readonly<{ id: string; row: GpuRow }>[] =>
  findRows(catalog.gpus, query, searchableGpu);

/** The GPUs nearest to a query that finds none, the nearest first. */
export const nearestGpus = (catalog: Catalog, query: string): readonly Readonly<{ id: string; row: GpuRow }>[] =>
  nearestRows(catalog.gpus, query, searchableGpu);
