import type { SelectiveChoice } from "#scenario/choices/choices.ts";
import { RANGES } from "#scenario/choices/ranges.ts";
import { type Codec, read, refused } from "./codec.ts";
import { parseNumber, whole } from "./number.ts";

const layers = whole(RANGES.everyLayers);

/** `none`, `op`, or of how many layers one is checkpointed. */
export const selectiveChoice: Codec<SelectiveChoice> = {
  encode: String,
  decode: (text) => {
    if (parseNumber(text) !== null) return layers.decode(text);
    const word = text.trim().toLowerCase();
    return word === "none" || word === "op"
      ? read(word)
      : refused("unknown-value", `is none of none, op, nor a number from ${RANGES.everyLayers.min} on`);
  },
};
