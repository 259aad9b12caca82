import { type Codec, refused } from "./codec.ts";
import { clamp, parseNumber } from "./number.ts";
import { CARD_UNIT_BYTES, type CardMemory, spellCardMemory } from "./spell-card-memory.ts";

const UNIT = /(gib|gb)?$/i;

/** What a card can have, in the unit it is given in. */
const CARD_MEMORY_RANGE = { min: 1, max: 100_000 } as const;

/** Memory as on the box (`24`, GB of 10^9 B) or as a driver reports it (`24GiB`). */
export const cardMemory: Codec<CardMemory> = {
  encode: spellCardMemory,
  decode: (text) => {
    const word = text.trim();
    const suffix = UNIT.exec(word)?.[0] ?? "";
    const number = parseNumber(word.slice(0, word.length - suffix.length));
    if (number === null) return refused("not-a-number", "is not a memory size such as 24 or 24GiB");
    const unit = suffix.toLowerCase() === "gib" ? "GiB" : "GB";
    const { value = number, problems } = clamp(number, CARD_MEMORY_RANGE);
    return { value: { memoryBytes: Math.round(value * CARD_UNIT_BYTES[unit]), unit }, problems };
  },
};
