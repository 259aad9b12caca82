import type { StackRow } from "#catalog/stack-row.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { useScenario } from "#scenario/page/store.ts";

/** What the chosen stack does by default. */
export const useStack = (): StackRow => useScenario(({ choices }) => stackOf(choices));
