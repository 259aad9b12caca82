import { expect, test } from "vitest";
import { loadFullCatalog, POPULAR_CATALOG } from "#catalog/catalog.ts";

test("the full catalog is loaded once and holds the very rows of the popular one", async () => {
  expect(loadFullCatalog()).toBe(loadFullCatalog());
  const full = await loadFullCatalog();
  expect(full.complete).toBe(true);
  for (const [id, row] of Object.entries(POPULAR_CATALOG.models)) expect(full.models[id]).toMatchObject(row);
  for (const [id, row] of Object.entries(POPULAR_CATALOG.gpus)) expect(full.gpus[id]).toMatchObject(row);
});
