import { loadedWeights } from "#advice/loaded-weights.ts";
import type { LoadedBases } from "#advice/serving.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/**
 * What is loaded for serving: a base in 16 bits and a quantised one, each with one adapter.
 *
 * @yields between the two
 */
export function* loadedBases(
  { choices }: Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, LoadedBases> {
  const lora = loadedWeights(choices, "lora", catalog);
  yield;
  return { lora, qlora: loadedWeights(choices, "qlora", catalog) };
}
