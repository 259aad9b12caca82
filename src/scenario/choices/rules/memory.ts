import type { HeldForMethod, Rule } from "./rule.ts";

/** Rules for settings that change reserved memory only. */
export const MEMORY_RULES: readonly Rule<HeldForMethod>[] = [
  { keys: ["alloc", "lengths"], why: ({ whyNotReplayed }) => whyNotReplayed?.() ?? null },
  {
    keys: ["lengths"],
    why: ({ now: { lengths, seq } }) =>
      typeof lengths === "number" && lengths > seq ? `has a mean above seq=${seq}` : null,
    instead: ({ now: { seq } }) => ({ lengths: seq }),
  },
];
