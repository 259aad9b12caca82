import { useEffect } from "react";
import { ensureFullCatalog } from "#scenario/page/actions.ts";

/** Brings in what the first screen does without: all cards, and the code of libraries and optimizers that a change may lead to. Works on without. */
export const useFullCatalog = (): void => {
  useEffect(() => void ensureFullCatalog().catch(() => undefined), []);
};
