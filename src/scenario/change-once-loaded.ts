import { change, ensureFullCatalog } from "./actions.ts";
import type { Choices } from "./choices.ts";
import { codeIsHere } from "./code-is-here.ts";
import { useScenario } from "./store.ts";

/** Chooses another stack or optimizer, once its code is here; where that cannot be loaded, transformers' and fused AdamW's stand for it. */
export const changeOnceLoaded = async (patch: Partial<Pick<Choices, "stack" | "optim">>): Promise<void> => {
  if (!codeIsHere({ ...useScenario.getState().choices, ...patch })) await ensureFullCatalog().catch(() => undefined);
  change(patch);
};
