import type { USED } from "#scenario/keys/used.ts";
import type { WordsOf } from "./key-words.ts";

export const USED_WORDS = {
  used: { label: "Memory already in use", difference: "GiB in use" },
} satisfies WordsOf<typeof USED>;
