import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { configLines } from "#interop/config-lines/config-lines.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

/** What a change on top of some choices comes to, a line each: `-` taken away, `+` added, `*` for which versions, `?` what has no field. */
export const changed = (before: Partial<Choices>, patch: Partial<Choices>): readonly string[] => {
  const choices = { ...DEFAULT_CHOICES, ...before };
  const { removed, added, versions, missing } = configLines(choices, { ...choices, ...patch }, FULL_CATALOG);
  return [
    ...removed.map((line) => `- ${line}`),
    ...added.map((line) => `+ ${line}`),
    ...versions.map((sentence) => `* ${sentence}`),
    ...missing.map((sentence) => `? ${sentence}`),
  ];
};

/** A change: what it is, the choices before, what is changed of them, and the lines that it comes to. */
export type Case = readonly [name: string, before: Partial<Choices>, patch: Partial<Choices>, lines: readonly string[]];
