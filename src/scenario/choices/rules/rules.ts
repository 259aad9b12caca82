import { ADAPTER_RULES } from "./adapters.ts";
import { BASE_RULES } from "./base.ts";
import { DIVISION_RULES } from "./division.ts";
import { KERNEL_RULES } from "./kernels.ts";
import { MEMORY_RULES } from "./memory.ts";
import { OBJECTIVE_RULES } from "./objective.ts";
import type { HeldForMethod, Rule } from "./rule.ts";

/** Rules that need the model, the GPU and the method, ordered by dependency. */
export const RULES: readonly Rule<HeldForMethod>[] = [
  ...DIVISION_RULES,
  ...BASE_RULES,
  ...ADAPTER_RULES,
  ...KERNEL_RULES,
  ...MEMORY_RULES,
  ...OBJECTIVE_RULES,
];
