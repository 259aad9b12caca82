import { expect, test } from "vitest";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import { gradientSlices } from "#calc/step/allocator-requests.ts";

const LAYERS = 3;

const tensor = (name: string, elements: number, of: Partial<PlannedTensor> = {}): PlannedTensor => ({
  name,
  shape: [elements],
  elements,
  count: 1,
  role: "linear",
  layerKind: null,
  origin: "base",
  trained: true,
  format: "bf16",
  quantization: null,
  ...of,
});

const inLayers = (name: string, elements: number): PlannedTensor =>
  tensor(name, elements, { count: LAYERS, layerKind: "all" });

/** Slices of tensors that have weight decay, and are cut into parts of so many elements; of a layer there are three. */
const slices = (trained: readonly PlannedTensor[], ...parts: readonly number[]): readonly number[] =>
  gradientSlices(trained, { parts: parts.map((part) => tensor("part", part)), layersOf: () => LAYERS });

test("a dense model’s largest gradient is that of the embeddings, on the first rank", () => {
  const dense = [tensor("embed", 50), inLayers("q", 4), inLayers("up", 6), tensor("head", 50)];
  expect(slices(dense, 65)).toEqual([50, 4, 6, 4, 1]);
});

test("the head comes after the layers, so that it may be whole where embeddings are not the largest", () => {
  const dense = [tensor("embed", 20), inLayers("q", 4), inLayers("up", 6), tensor("head", 50)];
  // Embeddings and layers are the first part.
  expect(slices(dense, 50)).toEqual([50]);
});

test("of fused experts it is that of a rank that has those of a layer in one piece", () => {
  const sparse = [tensor("embed", 30), inLayers("experts", 40), tensor("head", 30)];
  // The first rank has 20 of the first layer's, the second the other 20 and 30 of the second layer’s, the third 10 of these and the third layer’s.
  expect(slices(sparse, 50)).toEqual([10, 40]);
});

test("a tensor that is larger than a part fills the part of some rank", () => {
  expect(slices([tensor("embed", 30), tensor("head", 100)], 44)).toEqual([44]);
});

test("a rank has its part of each group: norms are cut by themselves", () => {
  const norm = tensor("norm", 9, { role: "norm" });
  expect(slices([tensor("embed", 10), norm, tensor("head", 30)], 20, 5)).toEqual([20, 4]);
});

test("a stage of a pipeline has fewer layers than the model", () => {
  const stage = [{ ...inLayers("q", 10), count: 2 }];
  expect(slices(stage, 20)).toEqual([10, 10]);
});

test("of nothing that is trained there is nothing", () => {
  expect(slices([])).toEqual([]);
});
