import type { Family } from "#calc/families/family.ts";
import type { None } from "#calc/families/none.ts";
import { EXACT, NO_REFUSED } from "#calc/families/parts/facts/reasons.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { unknown as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

const NOBODY_KNOWS: None = { none: "Nobody knows its code here, and so what divides it." };

/** The family that runs a model whose code is unknown. */
export const unknown: Family = {
  model_types: {
    /** The `model_type` of this family itself. */
    unknown: {
      name: "Unknown",
      forward,
      tensorParallel: NOBODY_KNOWS,
      contextParallel: true,
      ulysses: NOBODY_KNOWS,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { none: "A config.json of unknown code is read with an issue for each assumption." },
      heldAgainst: { none: "It is an assumption about code that nobody has seen." },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
