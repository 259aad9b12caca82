// Filling of ZeRO's gradient bucket along all layers in backward.

import { assert } from "#calc/base/guards.ts";
import type { ChainLayer } from "#calc/families/families.ts";
import type { Module } from "#calc/model/layout.ts";
import type { BucketFilling, RankOptions, StepOptions } from "#calc/model/step-options.ts";
import { modulePlanner, planParameters, type Planned } from "#calc/parameters/plan.ts";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import type { RepresentativeLayers } from "./representative-layers.ts";

/** The filling of the bucket along backward: elements in it before each layer's, up to the one in which it is first full; that layer; and when backward has ended. */
export type BucketAlongLayers = Readonly<{
  before: readonly (number | null)[];
  full: number | undefined;
  left: number;
}>;

/** Elements of each trained tensor. */
const trainedElements = (tensors: readonly PlannedTensor[]): readonly number[] =>
  tensors.flatMap(({ trained, elements, count }) => (trained ? Array.from({ length: count }, () => elements) : []));

/** A bucket that is reduced before a gradient comes for which it has no room. A gradient larger than the bucket is not copied into it. */
const bucketOf = (
  room: number,
): Readonly<{ take: (gradients: readonly number[]) => void; filled: () => number; wasFull: () => boolean }> => {
  let filled = 0;
  let wasFull = false;
  const take = (elements: number): void => {
    if (filled + elements > room) {
      wasFull ||= filled > 0;
      filled = 0;
    }
    if (elements <= room) filled += elements;
  };
  return { take: (gradients) => gradients.forEach(take), filled: () => filled, wasFull: () => wasFull };
};

/** DeepSpeed's stages that reduce gradients as they come have a bucket that fills along all layers; null elsewhere. */
const roomOf = (ranks: RankOptions | null): number | null =>
  ranks !== null && (ranks.strategy === "zero2" || ranks.strategy === "zero3")
    ? (ranks.zero?.reduceBucket ?? null)
    : null;

/**
 * Goes through the gradients of a model in the order of backward: of what comes after the layers, of the layers from the last to the first, of what comes before
 * them. null where no bucket fills along layers.
 *
 * @see deepspeed/runtime/zero/stage_1_and_2.py (0.19), `reduce_independent_p_g_buckets_and_remove_grads`
 */
export const bucketAlongLayers = (
  { ranks }: Pick<StepOptions, "ranks">,
  planned: Planned,
  layers: readonly ChainLayer[],
): BucketAlongLayers | null => {
  const room = roomOf(ranks);
  if (room === null) return null;
  const planOf = modulePlanner(planned);
  const gradientsOf = (modules: readonly Module[]): readonly number[] =>
    modules
      .flatMap((module) => {
        const { base, adapters, copies } = planOf(module);
        const own = [...base, ...copies, ...adapters.flatMap(({ tensors }) => tensors)];
        return trainedElements(own.filter(({ origin }) => origin !== "shared"));
      })
      .toReversed();
  const { embeddings, final, head } = planned.layout;
  const { take, filled, wasFull } = bucketOf(room);
  take(gradientsOf([...final, head.module]));
  const before: (number | null)[] = [];
  let full: number | undefined;
  for (let layer = layers.length - 1; layer >= 0; layer--) {
    before[layer] = full === undefined ? filled() : null;
    take(gradientsOf(layers[layer]?.modules ?? []));
    if (wasFull()) full ??= layer;
  }
  take(gradientsOf(embeddings));
  take(trainedElements(planParameters(planned).shared));
  return { before, full, left: filled() };
};

/** The same for a run of some of the layers. */
export const bucketFillingOf = (
  { before, left }: BucketAlongLayers,
  { run, stands }: RepresentativeLayers,
): BucketFilling => ({
  before: run.map((_, ran) => before[stands.lastIndexOf(ran)] ?? null),
  left,
});

/** Options with which some layers are run for all. */
export const withBucketFilling = (options: StepOptions, filling: BucketFilling | null): StepOptions => {
  const { ranks } = options;
  if (filling === null) return options;
  assert(ranks !== null && ranks.zero !== null, "a bucket is ZeRO's");
  return { ...options, ranks: { ...ranks, zero: { ...ranks.zero, filling } } };
};
