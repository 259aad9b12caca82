import { change } from "#scenario/page/actions.ts";
import { askOnce } from "#scenario/page/ask-once.ts";
import type { ConfigReport } from "./ConfigIssues.tsx";

/** Reads a config.json and, when it says enough, takes it as the model; otherwise the last model stays. */
export const takeConfig = async (text: string): Promise<ConfigReport> => {
  try {
    const { architecture, ...report } = await askOnce("config", { text });
    if (architecture === null) return { taken: false, ...report };
    change({ model: { kind: "architecture", architecture } });
    return { taken: true, issues: report.issues };
  } catch (error) {
    return { taken: false, issues: [], problem: error instanceof Error ? error.message : String(error) };
  }
};
