import type { StackRow } from "#catalog/stack-row.ts";
import { stackOf } from "#scenario/resolve-stack.ts";
import { useScenario } from "#scenario/store.ts";

/** What the chosen stack does by default. */
export const useStack = (): StackRow => useScenario(({ choices }) => stackOf(choices));
