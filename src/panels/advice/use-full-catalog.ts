import { useEffect } from "react";
import { ensureFullCatalog } from "#scenario/page/actions.ts";

/** Brings in what the first screen does without: all cards, which advice may name, and the page’s lists of them. Works on without. */
export const useFullCatalog = (): void => {
  useEffect(() => void ensureFullCatalog().catch(() => undefined), []);
};
