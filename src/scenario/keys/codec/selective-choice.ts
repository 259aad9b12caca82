import type { SelectiveChoice } from "#scenario/keys/values.ts";
import { type Codec, read, refused } from "./codec.ts";
import { parseNumber, whole } from "./number.ts";

/** Of how many layers one is checkpointed: no more than the longest model has. */
export const EVERY_LAYERS = { min: 2, max: 128 } as const;

const layers = whole(EVERY_LAYERS);

/** `none`, `op`, or of how many layers one is checkpointed. */
export const selectiveChoice: Codec<SelectiveChoice> = {
  encode: String,
  decode: (text) => {
    if (parseNumber(text) !== null) return layers.decode(text);
    const word = text.trim().toLowerCase();
    return word === "none" || word === "op"
      ? read(word)
      : refused("unknown-value", `is none of none, op, nor a number from ${EVERY_LAYERS.min} on`);
  },
};
