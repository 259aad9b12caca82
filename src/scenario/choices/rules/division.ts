import { askedOfGpus, whyNotShared } from "#scenario/choices/chosen-division.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import type { HeldForMethod, Rule } from "./rule.ts";

/** The reason to refuse offload where CPU and GPU share one memory. */
export const MOVES_NOTHING = "moves nothing where CPU and GPU share one memory";

/** Rules for offload to host memory and for parallelism. The engine decides which divisions a model supports. */
export const DIVISION_RULES: readonly Rule<HeldForMethod>[] = [
  { keys: ["offload"], why: ({ isUnified }) => (isUnified ? MOVES_NOTHING : null) },
  {
    keys: ["tp", "sp", "loss", "cp", "ulysses", "pp"],
    why: ({ choices, architecture }, key) =>
      ENGINE.dividedBy(askedOfGpus(choices), architecture).refused.find((each) => each.key === key)?.why ?? null,
    instead: (_, key) => ({ [key]: key === "loss" ? "full" : DEFAULT_CHOICES[key] }),
  },
  { keys: ["ep"], of: "each", why: ({ choices, architecture, method }) => whyNotShared(choices, architecture, method) },
];
