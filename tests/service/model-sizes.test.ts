import { expect, it } from "vitest";
import { runThrough } from "#advice/run-through.ts";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import { modelSizes } from "#service/answers/model-modules.ts";

it("every model of a catalog has its parameters counted", () => {
  const sizes = runThrough(modelSizes({}, POPULAR_CATALOG));
  expect(Object.keys(sizes)).toEqual(Object.keys(POPULAR_CATALOG.models));
  expect(sizes["llama-3.1-8b"]).toBe(8_030_261_248);
});
