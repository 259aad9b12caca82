import { findGpus } from "#catalog/search.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { GpuChoice } from "#scenario/keys/values.ts";
import type { MeasuredRun } from "./measured-run.ts";

/** "2x24GB doc; measured without offload": the card of a document's title, which the figure is not of. */
const IS_OF_ANOTHER_RUN = /;\s*measured\b/i;

/** Shorter names ("n/a") are the beginning of any card's. */
const SHORTEST_NAME = 2;

/** The card of a run: the catalog's of that name, else one of that many GB; null where its source names none. */
export const runGpu = ({ gpu }: Pick<MeasuredRun, "gpu">): GpuChoice | null => {
  if (IS_OF_ANOTHER_RUN.test(gpu)) return null;
  const name = gpu.split(/[/(]/)[0]?.replaceAll("-", " ").trim() ?? "";
  const [found] = name.length < SHORTEST_NAME ? [] : findGpus(FULL_CATALOG, name);
  if (found !== undefined) return { kind: "catalog", id: found.id };
  const gigabytes = Number(/(\d+) ?GB/i.exec(gpu)?.[1]);
  return gigabytes > 0 ? { kind: "custom", memoryBytes: gigabytes * 1e9, unit: "GB" } : null;
};
