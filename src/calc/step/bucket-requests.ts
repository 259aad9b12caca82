import { trainedTensors } from "#calc/parameters/trained-tensors.ts";
import type { Holdings } from "./holdings.ts";
import { layerByLayer } from "./layer-by-layer.ts";

/** DDP's first bucket, and the others. @see torch/csrc/distributed/c10d/reducer.hpp, `kDefaultFirstBucketBytes`, `kDefaultBucketBytesCap` */
const FIRST_BUCKET_BYTES = 2 ** 20;
const BUCKET_BYTES = 25 * 2 ** 20;

/** Gradients in the order in which they come, in buckets that are closed once they are as large as their limit. @see reducer.cpp, `compute_bucket_assignment_by_size` */
const inBuckets = (gradients: readonly number[]): readonly number[] => {
  const buckets: number[] = [];
  let filled = 0;
  for (const bytes of gradients) {
    filled += bytes;
    if (filled < (buckets.length === 0 ? FIRST_BUCKET_BYTES : BUCKET_BYTES)) continue;
    buckets.push(filled);
    filled = 0;
  }
  return filled > 0 ? [...buckets, filled] : buckets;
};

/** What DDP keeps beside parameters and gradients: a copy of all gradients. The last parameter's comes first. None where the work is shared otherwise. */
export const bucketRequests = (
  { kept: { scenario, states } }: Holdings,
  layersOf: (kind: string) => number,
): readonly number[] => {
  if (scenario.sharding !== "ddp") return [];
  const trained = trainedTensors(scenario, layerByLayer(states, layersOf).flat()).toReversed();
  return inBuckets(trained.map(({ elements, gradientBytes }) => elements * gradientBytes));
};
