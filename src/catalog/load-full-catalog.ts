import type { Catalog } from "./catalog.ts";

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
