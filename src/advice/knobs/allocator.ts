// Knob for PyTorch's allocator: expandable segments.

import type { KnobMaker } from "./knob.ts";

/** What is set of PyTorch's allocator, where it is replayed and has such a setting. The peak stays; what is needed above it goes, nearly all. */
export const allocator: KnobMaker = ({ choices, card }) =>
  choices.alloc !== "expandable" && choices.gpus === 1 && card.expandableSegments
    ? [
        {
          id: "alloc-expandable",
          subject: "allocator",
          title: "Expandable segments",
          phrase: "use expandable segments",
          price: "expandableSegments",
          patch: { alloc: "expandable" },
        },
      ]
    : [];
