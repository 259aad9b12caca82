import { ENGINE } from "#calc/whole-engine.ts";
import { parseConfigJson } from "#interop/config-json.ts";
import { change } from "#scenario/page/actions.ts";
import type { ConfigReport } from "./ConfigIssues.tsx";

/** Reads a config.json and, when it says enough, takes it as the model; otherwise the last model stays. */
export const takeConfig = async (text: string): Promise<ConfigReport> => {
  const { value, issues } = parseConfigJson(text);
  if (value === null) return { taken: false, issues };
  if (!ENGINE.isRunnable(value)) {
    return { taken: false, issues, problem: "Its numbers do not make a model that can run: do they belong together?" };
  }
  change({ model: { kind: "architecture", architecture: value } });
  return { taken: true, issues };
};
