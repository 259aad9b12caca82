// Knobs for sharding over the chosen GPUs, and for offload to host memory.

import type { Knob, KnobMaker } from "./knob.ts";
import type { Sharding } from "#calc/model/scenario.ts";
import { GPUS_WORDS } from "#scenario/words/key-words.ts";

const OFFERED = ["zero1", "zero2", "zero3", "fsdp2"] as const satisfies readonly Sharding[];

/** Other ways to divide the state over the GPUs that are there. */
export const sharding: KnobMaker = ({ choices, resolved }) =>
  choices.gpus === 1
    ? []
    : OFFERED.filter((shard) => shard !== resolved.shard).map((shard): Knob => ({
        id: `shard-${shard}`,
        subject: "sharding",
        title: `Shard by ${GPUS_WORDS.shard.values[shard]}`,
        phrase: `shard by ${GPUS_WORDS.shard.values[shard]}`,
        price: "sharding",
        patch: { shard },
      }));

/** State kept in the host's memory. */
export const offload: KnobMaker = ({ choices }) => {
  const knobs: readonly Knob[] = [
    {
      id: "offload-optimizer",
      subject: "offload",
      title: "Offload the optimizer",
      phrase: "offload the optimizer",
      price: "offloadedOptimizer",
      patch: { offload: "optimizer" },
    },
    {
      id: "offload-all",
      subject: "offload",
      title: "Offload everything",
      phrase: "offload everything to the host",
      price: "offloadedAll",
      patch: { offload: "all" },
    },
  ];
  if (choices.offload === "all") return [];
  return knobs.filter(({ patch }) => patch.offload !== choices.offload);
};
