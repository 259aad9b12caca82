import type { Plain } from "./source.ts";
import { wordOf } from "./take.ts";

/** The words of a flag's values, or of a command. */
export const wordsOf = (value: Plain): readonly string[] =>
  Array.isArray(value) ? (value as readonly Plain[]).flatMap(wordsOf) : wordOf(value).split(/\s+/);
