import { activations } from "./activations.ts";
import { attentionScores } from "./attention-scores.ts";
import type { Origin } from "./candidate.ts";
import { adapterStates } from "./adapter-states.ts";
import { fsdpUnits } from "./divided.ts";
import { fsdp2Shards } from "./fsdp2-shards.ts";
import { keptLogits } from "./kept-logits.ts";
import { logits } from "./logits.ts";
import { partitions } from "./partitions.ts";
import { quantised } from "./quantised.ts";
import { tapeTensors } from "./tape.ts";
import { trainingCopies } from "./training.ts";
import { expertStacks, merging, preparation, weights } from "./weights.ts";

/** Where a request can come from, each a list of tensors. A moment that the engine learns to run is one more line. */
export const ALL_ORIGINS: readonly Origin[] = [
  logits,
  keptLogits,
  attentionScores,
  activations,
  weights,
  expertStacks,
  preparation,
  merging,
  quantised,
  trainingCopies,
  adapterStates,
  fsdpUnits,
  fsdp2Shards,
  partitions,
  tapeTensors,
];
