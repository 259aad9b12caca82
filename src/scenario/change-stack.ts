import { isModellingKnown } from "#calc/families/known-families.ts";
import type { ModellingId } from "#calc/scenario.ts";
import { type StackId, STACKS } from "#catalog/stacks.ts";
import type { StackRow } from "#catalog/stack-row.ts";
import { change, ensureFullCatalog } from "./actions.ts";

const modellingIdOf = ({ modelling = "transformers" }: StackRow): ModellingId => modelling;

/** Chooses another stack, once its modelling code is here; where that cannot be loaded, transformers' stands for it. */
export const changeStack = async (stack: StackId): Promise<void> => {
  if (!isModellingKnown(modellingIdOf(STACKS[stack]))) await ensureFullCatalog().catch(() => undefined);
  change({ stack });
};
