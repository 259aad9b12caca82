import type { PlannedTensor } from "#calc/parameters/planned-tensor.ts";
import { parameterGroups } from "#calc/parameters/parameter-groups.ts";
import { layerByLayer } from "./layer-by-layer.ts";

/** Tensors as optimizer states of a rank have them: of each parameter group one part; and how many layers of a kind there are. */
type Cut = Readonly<{ parts: readonly PlannedTensor[]; layersOf: (kind: string) => number }>;

/** A parameter group, which is one flat tensor: elements of its tensors in their order, and of each rank's part. */
type Flat = Readonly<{ tensors: readonly number[]; part: number }>;

/** Elements of tensors one by one, as the model has them: what comes before its layers, the layers, what comes after them. */
const inOrder = (group: readonly PlannedTensor[], layersOf: Cut["layersOf"]): readonly number[] => {
  const first = group.findIndex(({ layerKind }) => layerKind !== null);
  const before = first < 0 ? group.length : first;
  const after = group.slice(before).filter(({ layerKind }) => layerKind === null);
  const layers = group.filter(({ layerKind }) => layerKind !== null);
  return [group.slice(0, before), layers, after].flatMap((some) =>
    layerByLayer(some, layersOf).flatMap((tensors) => tensors.map(({ elements }) => elements)),
  );
};

/** Elements of what a rank has of each tensor of a group: whole tensors, and what its part has of the first and the last one. */
const slicesOf = ({ tensors, part }: Flat, rank: number): readonly number[] => {
  const slices: number[] = [];
  let start = 0;
  for (const elements of tensors) {
    const within = Math.min(start + elements, (rank + 1) * part) - Math.max(start, rank * part);
    if (within > 0) slices.push(within);
    start += elements;
  }
  return slices;
};

/** The largest slice of a tensor that any rank has, and which rank it is. */
type Largest = Readonly<{ elements: number; rank: number }>;

/** The largest slice in a group, or that of groups before, where it is not smaller. */
const largestIn = (largest: Largest, { tensors, part }: Flat): Largest => {
  let found = largest;
  let start = 0;
  for (const elements of tensors) {
    const rank = Math.floor(start / part);
    const here = Math.min(elements, (rank + 1) * part - start);
    if (here > found.elements) found = { elements: here, rank };
    const next = Math.min(elements - here, part);
    if (next > found.elements) found = { elements: next, rank: rank + 1 };
    start += elements;
  }
  return found;
};

/**
 * Elements of the gradients of one rank of DeepSpeed's stages 1 and 2, in order. A parameter group is one flat tensor, of which each rank has a part, so that a
 * gradient is cut where a part ends. It is the rank with the largest gradient: of a dense model the one with the embeddings, of fused experts one that has
 * those of a layer in one piece.
 *
 * @see deepspeed/runtime/zero/stage_1_and_2.py (0.19), `get_partition_info`, `get_flat_partition`
 */
export const gradientSlices = (trained: readonly PlannedTensor[], { parts, layersOf }: Cut): readonly number[] => {
  const groups = parameterGroups(trained).map((group, index) => ({
    tensors: inOrder(group, layersOf),
    part: parts[index]?.elements ?? 0,
  }));
  const { rank } = groups.reduce(largestIn, { elements: 0, rank: 0 });
  return groups.flatMap((group) => slicesOf(group, rank));
};
