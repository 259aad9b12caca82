import type { Knob, KnobMaker } from "#advice/knob.ts";
import type { Sharding } from "#calc/model/scenario.ts";

const SHARDINGS: readonly Readonly<{ shard: Sharding; title: string }>[] = [
  { shard: "zero1", title: "Shard by ZeRO 1" },
  { shard: "zero2", title: "Shard by ZeRO 2" },
  { shard: "zero3", title: "Shard by ZeRO 3" },
  { shard: "fsdp2", title: "Shard by FSDP 2" },
];

/** Other ways to divide the state over the GPUs that are there. */
export const sharding: KnobMaker = ({ choices, resolved }) =>
  choices.gpus === 1
    ? []
    : SHARDINGS.filter(({ shard }) => shard !== resolved.shard).map(({ shard, title }): Knob => ({
        id: `shard-${shard}`,
        subject: "sharding",
        title,
        phrase: `s${title.slice(1)}`,
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
