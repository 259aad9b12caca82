import { expect, it } from "vitest";
import { runToEnd } from "#advice/trial.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { modelSizes } from "#service/answers/model-modules.ts";

it("every model of a catalog has its parameters counted", () => {
  const sizes = runToEnd(modelSizes({}, POPULAR_CATALOG));
  expect(Object.keys(sizes)).toEqual(Object.keys(POPULAR_CATALOG.models));
  expect(sizes["llama-3.1-8b"]).toBe(8_030_261_248);
});
