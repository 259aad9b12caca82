import type { KnobMaker } from "#advice/knob.ts";
import { askedKernels } from "#scenario/choices/asked-kernels.ts";
import { askedReentrance } from "#scenario/choices/asked-reentrance.ts";
import { loraKernelsClash } from "#scenario/choices/lora-kernels-clash.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";

/** Checkpoints by PyTorch's other way, where the library can be told so. Those by operation are never reentrant. */
export const reentrance: KnobMaker = ({ choices, resolved, architecture }) => {
  const { method } = choices;
  const to = !askedReentrance(choices, architecture, method).isReentrant;
  const isHeard = askedReentrance({ ...choices, reentrant: to }, architecture, method).isReentrant === to;
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
  const asked = askedKernels({ ...choices, liger: true, lorakernels: true }, architecture);
  const canFuse = asked.lorakernels && resolved.lorakernels === false;
  return [
    ...(card.triton && asked.liger && !resolved.liger
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
    ...(card.triton && canFuse && loraKernelsClash(choices, choices.method) === null
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
