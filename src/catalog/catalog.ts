// The catalog of models and GPUs: the popular rows at once, the others on demand.

import { POPULAR_GPUS } from "./gpus/popular.ts";
import { POPULAR_MODELS } from "./models/popular.ts";
import type { GpuDetails, GpuFacts, ModelDetails, ModelFacts } from "./rows.ts";

/** What the first screen needs at once: the best known models and GPUs, in the order in which a list without a query shows them. */
export const POPULAR_CATALOG: Catalog = { models: POPULAR_MODELS, gpus: POPULAR_GPUS, complete: false };

/** Models and GPUs by id. The first screen has about a dozen of each; the rest, and the details of these, are loaded when somebody looks for it. */
export type Catalog = Readonly<{
  models: Readonly<Record<string, ModelFacts & Partial<ModelDetails>>>;
  gpus: Readonly<Record<string, GpuFacts & Partial<GpuDetails>>>;
  /** False while only the popular rows are here. */
  complete: boolean;
}>;

let loading: Promise<Catalog> | undefined;

/** Loads every model and GPU, once; a failed load (offline, a new version on the server) is tried again by the next call. */
export const loadFullCatalog = (): Promise<Catalog> => {
  loading ??= import("./full-catalog.ts").then(
    ({ FULL_CATALOG }) => FULL_CATALOG,
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
};
