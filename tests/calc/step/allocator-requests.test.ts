import { expect, test } from "vitest";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import { gradientSlices } from "#calc/step/allocator-requests.ts";
import { lateFrees } from "#calc/step/late-frees.ts";
import { STREAMS, type Stream } from "#calc/tape/ledger/ledger.ts";

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

const UNITS = ["a", "b", "c", "d"];

/** A storage by its letter: units a to d, each with another name; their gradients A to D, copies of their shards p to s, and an activation x. */
const NAMES = [...UNITS, ...UNITS.map((unit) => `${unit}'`), "A", "B", "C", "D", "p", "q", "r", "s", "x"];

const streamOf = (name: string): Stream => {
  if (/^[a-d]/.test(name)) return "gather";
  return /^[p-s]/.test(name) ? "cast" : "compute";
};

const numberOf = (name: string): number => NAMES.indexOf(name);

const RECORDED = {
  streams: Uint8Array.from(NAMES, (name) => STREAMS.indexOf(streamOf(name))),
  recorded: Uint8Array.from(NAMES, (name) => Number(name !== "x")),
  storages: NAMES.length,
  otherOf: (storage: number) => numberOf(`${NAMES[storage]}'`),
};

/** Events in letters: `+a` is allocated, `-a` freed, `~a` freed while it is used, `.a` done with. */
const late = (events: string): string => {
  const asked = events
    .split(" ")
    .map((event) => (event.startsWith("-") ? ~numberOf(event.slice(1)) : numberOf(event.slice(1))));
  const waiting = new Set<number>();
  const wordOf = (event: number): string => {
    if (event >= NAMES.length) {
      waiting.add(event - NAMES.length);
      return `~${NAMES[event - NAMES.length]}`;
    }
    if (event >= 0) return `+${NAMES[event]}`;
    return `${waiting.delete(~event) ? "." : "-"}${NAMES[~event]}`;
  };
  const words = Array.from(lateFrees(Int32Array.from(asked), RECORDED), wordOf);
  expect(waiting.size).toBe(0);
  return words.join(" ");
};

test("what no other stream uses is free when its owner frees it", () => {
  expect(late("+x -x +x")).toBe("+x -x +x");
});

test("a unit is gathered while at most two that were freed are in use: for the oldest of them it waits", () => {
  expect(late("+a -a +b -b +c -c +d -d")).toBe("+a ~a +b ~b .a +c ~c .b +d ~d .c .d");
});

test("the copy of a shard is done with when its unit is", () => {
  expect(late("+p +a -p +x -x -a +b -b +c")).toBe("+p +a ~p +x -x ~a +b ~b .p .a +c .b");
});

test("a gradient that is reduced is done with when the unit after its own is", () => {
  expect(late("+a +A -a -A +b -b +c -c +d")).toBe("+a +A ~a ~A +b ~b .a +c ~c .A .b +d .c");
});

test("a unit that is gathered again before it is free has another block, and frees that one", () => {
  expect(late("+a -a +b -b +b -b")).toBe("+a ~a +b ~b .a +b' ~b' .b .b'");
});
