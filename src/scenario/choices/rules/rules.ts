import { ADAPTER_RULES } from "./adapters.ts";
import { BASE_RULES } from "./base.ts";
import { DIVISION_RULES } from "./division.ts";
import { KERNEL_RULES } from "./kernels.ts";
import { MEMORY_RULES } from "./memory.ts";
import { OBJECTIVE_RULES } from "./objective.ts";
import type { HeldForMethod, Rule } from "./rule.ts";

/** What choices are held against with a model, a card and a method, in the order in which one follows from another. */
export const RULES: readonly Rule<HeldForMethod>[] = [
  ...DIVISION_RULES,
  ...BASE_RULES,
  ...ADAPTER_RULES,
  ...KERNEL_RULES,
  ...MEMORY_RULES,
  ...OBJECTIVE_RULES,
];
