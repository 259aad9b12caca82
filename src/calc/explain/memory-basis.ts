// Words for how the usable memory of a GPU was found.

import type { MemoryBasis } from "#calc/card/usable-memory.ts";

/** How the usable memory of a card was reached, in words. */
export const explainBasis = ({ of, amount, factor }: MemoryBasis): string => {
  switch (of) {
    case "torch":
      return "reported by torch";
    case "given":
      return "GiB that the card reports, as given";
    case "unified":
      return `${amount} GiB of unified memory × ${factor}`;
    case "driver":
      return `${amount} MiB reported by the driver × ${factor}`;
    case "label":
      return `${amount} GB on the label read as GiB × ${factor}`;
    default:
      return of satisfies never;
  }
};
