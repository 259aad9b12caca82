import type { Architecture } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { parseConfigJson } from "#interop/config-json.ts";
import type { Issue } from "#scenario/choices/issue.ts";

/** What a config.json says. */
export type ReadConfig = Readonly<{
  /** null where it does not say enough, or nothing that can run. */
  architecture: Architecture | null;
  issues: readonly Issue[];
  /** Why what it says is not taken. */
  problem?: string;
}>;

/** Reads a config.json, and finds out whether what it says makes a model. */
export const readConfig = ({ text }: Readonly<{ text: string }>): ReadConfig => {
  const { value: architecture, issues } = parseConfigJson(text);
  if (architecture === null || ENGINE.isRunnable(architecture)) return { architecture, issues };
  const problem = "Its numbers do not make a model that can run: do they belong together?";
  return { architecture: null, issues, problem };
};
