import { parseConfigJson } from "#interop/config-json.ts";
import { change } from "#scenario/actions.ts";
import type { ConfigReport } from "./ConfigIssues.tsx";

/** Reads a config.json and, when it says enough, takes it as the model; otherwise the last model stays. */
export const takeConfig = (text: string): ConfigReport => {
  const { value, issues } = parseConfigJson(text);
  if (value !== null) change({ model: { kind: "architecture", architecture: value } });
  return { taken: value !== null, issues };
};
