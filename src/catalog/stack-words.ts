import type { StackLibrary } from "./stack-library.ts";

/** A library as a sentence names it: "TRL 1.16 (2026-10)". */
export const stackWords = ({ name, version, month }: StackLibrary): string =>
  `${[name, version].filter((word) => word !== null).join(" ")}${month === null ? "" : ` (${month})`}`;

/** Whose behavior an estimate has: "As TRL 1.16 (2026-10) runs it."; null for a loop of one's own and for a rule of thumb, which have no version. */
export const ranAsWords = (library: StackLibrary): string | null =>
  library.month === null ? null : `As ${stackWords(library)} runs it.`;
