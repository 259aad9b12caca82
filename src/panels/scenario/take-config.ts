import { isKnown } from "#calc/families/known-families.ts";
import { isRunnable } from "#calc/step/is-runnable.ts";
import { parseConfigJson } from "#interop/config-json.ts";
import { change, ensureFullCatalog } from "#scenario/page/actions.ts";
import "#scenario/choices/codec/architecture.ts";
import type { ConfigReport } from "./ConfigIssues.tsx";

/**
 * Reads a config.json and, when it says enough, takes it as the model; otherwise the last model stays. The modelling code of most families comes with
 * the full catalog.
 */
export const takeConfig = async (text: string): Promise<ConfigReport> => {
  const { value, issues } = parseConfigJson(text);
  if (value === null) return { taken: false, issues };
  try {
    if (!isKnown(value.model_type)) await ensureFullCatalog();
  } catch {
    const problem = `What ${value.model_type} computes could not be loaded. Try again when you are online.`;
    return { taken: false, issues, problem };
  }
  if (!isRunnable(value)) {
    return { taken: false, issues, problem: "Its numbers do not make a model that can run: do they belong together?" };
  }
  change({ model: { kind: "architecture", architecture: value } });
  return { taken: true, issues };
};
