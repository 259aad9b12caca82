import type { StackRow } from "#catalog/stack-row.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { DEFAULT_CHOICES } from "#scenario/defaults.ts";
import { useScenario } from "#scenario/store.ts";

/** The row of a stack by its id; a name that is not in the table gives the default's. */
export const stackOf = (id: string): StackRow => {
  if (isStackId(id)) return STACKS[id];
  if (isStackId(DEFAULT_CHOICES.stack)) return STACKS[DEFAULT_CHOICES.stack];
  throw new Error("The default stack is not in the table of stacks.");
};

/** What the chosen stack does by default. */
export const useStack = (): StackRow => stackOf(useScenario(({ choices }) => choices.stack));
