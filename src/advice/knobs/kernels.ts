// Knobs for reentrant checkpointing, Liger kernels, and fused LoRA kernels.

import type { KnobMaker } from "./knob.ts";
import { checkpointReentrance } from "#scenario/choices/adapters-and-kernels.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { effectiveChoices } from "#scenario/choices/effective-choices.ts";

/** Checkpoints by PyTorch's other way, where the library can be told so. Those by operation are never reentrant. */
export const reentrance: KnobMaker = ({ choices, resolved, architecture }) => {
  const { method } = choices;
  const to = !checkpointReentrance(choices, architecture, method).isReentrant;
  const isHeard = checkpointReentrance({ ...choices, reentrant: to }, architecture, method).isReentrant === to;
  return choices.ckpt && isHeard && !(to && resolved.selective === "op")
    ? [
        {
          id: to ? "reentrant" : "reentrant-off",
          subject: "reentrance",
          title: to ? "Reentrant checkpoints" : "Checkpoints that are not reentrant",
          phrase: to ? "make checkpoints reentrant" : "make checkpoints not reentrant",
          price: "reentrance",
          patch: { reentrant: stackOf(choices).reentrant === to ? null : to },
        },
      ]
    : [];
};

/** Kernels in place of modules. */
export const kernels: KnobMaker = ({ choices, resolved, architecture, card }) => {
  const asked = { ...choices, liger: true, lorakernels: true };
  const { liger, lorakernels } = effectiveChoices(asked, { architecture, method: choices.method });
  return [
    ...(card.triton && liger && !resolved.liger
      ? [
          {
            id: "liger",
            subject: "kernels",
            title: "Liger’s kernels",
            phrase: "use Liger’s kernels",
            price: "liger",
            patch: { liger: true },
          } as const,
        ]
      : []),
    ...(card.triton && lorakernels && resolved.lorakernels === false
      ? [
          {
            id: "lorakernels",
            subject: "loraKernels",
            title: "Fused LoRA kernels",
            phrase: "use fused LoRA kernels",
            price: "loraKernels",
            patch: { lorakernels: stackOf(choices).kernels?.lora ? null : true },
          } as const,
        ]
      : []),
  ];
};
