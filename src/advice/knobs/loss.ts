// Knobs for the loss: fused, chunked or in place.

import type { Knob, KnobMaker } from "./knob.ts";

/** The loss by other ways to the same number. */
export const loss: KnobMaker = ({ resolved }) => {
  const knobs: readonly Knob[] = [
    {
      id: "loss-fused",
      subject: "loss",
      title: "Fused loss",
      phrase: "use a fused loss",
      price: "lossFused",
      patch: { loss: "fused" },
    },
    {
      id: "loss-chunked",
      subject: "loss",
      title: "Chunked loss",
      phrase: "use a chunked loss",
      price: "lossChunked",
      patch: { loss: "chunked" },
    },
    {
      id: "loss-inplace",
      subject: "loss",
      title: "In-place loss",
      phrase: "use an in-place loss",
      price: "lossInPlace",
      patch: { loss: "inplace" },
    },
  ];
  return knobs.filter(({ patch }) => patch.loss !== resolved.loss);
};
