import { expect } from "vitest";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { machineOf } from "../../../tools/terminal/reference-errors.ts";
import type { ReferenceRow } from "../../../tools/terminal/reference-row.ts";

/** That the estimate of a row's scenario has the bytes of the row: once loaded, and at every moment of the last micro step. */
export const expectEstimate = (row: ReferenceRow, asked: Scenario): void => {
  const { static_bytes, step } = row.expected;
  const { moments } = estimated(ENGINE.estimate(asked, machineOf(row)));
  expect(moments.find(({ id }) => id === "load")?.liveBytes).toBe(static_bytes);
  for (const { id, liveBytes, peakBytes } of moments.slice(1)) {
    const expected = step.findLast(({ moment }) => moment === id);
    expect([liveBytes, peakBytes], id).toEqual([expected?.live_bytes, expected?.peak_bytes]);
  }
};
