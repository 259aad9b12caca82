import { change, ensureFullCatalog } from "./actions.ts";
import { type CodeChoices, codeIsHere } from "#scenario/choices/code-is-here.ts";
import { useScenario } from "./store.ts";

/** Chooses another stack, optimizer or way with activations, or DoRA, once its code is here; where that cannot be loaded, the plain ones stand for it. */
export const changeOnceLoaded = async (patch: Partial<CodeChoices>): Promise<void> => {
  if (!codeIsHere({ ...useScenario.getState().choices, ...patch })) await ensureFullCatalog().catch(() => undefined);
  change(patch);
};
