import type { Scenario } from "#calc/model/scenario.ts";
import type { ReferenceSettings } from "../../../tools/terminal/reference-row.ts";
import { scenarioOf as scenarioOfRow } from "../../../tools/terminal/reference-scenario.ts";

type LiveAndPeak = readonly [live: number, peak: number];

/** One row of PyTorch on fake tensors, as the older golden files have it: the last micro step only. */
export type ReferenceRow = ReferenceSettings &
  Readonly<{
    params: number;
    trainableParams: number;
    staticBytes: number;
    peakBytes: number;
    step: Readonly<Record<"forward" | "backward" | "step" | "zero", LiveAndPeak>>;
  }>;

/** The scenario that a row ran. */
export const scenarioOf = (row: ReferenceSettings): Scenario => {
  const scenario = scenarioOfRow(row);
  if (scenario === null) throw new Error(`${row.model} is not in the catalog`);
  return scenario;
};
