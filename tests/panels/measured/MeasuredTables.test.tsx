import { act, cleanup, render, screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import type { MeasuredRow } from "#interop/measure/measured-rows.ts";
import { useMeasuredRuns } from "#panels/measured/measured-runs.ts";
import { MeasuredMoments } from "#panels/measured/MeasuredTables.tsx";
import { ownMeasurement } from "#panels/measured/measurement-marks.ts";
import { openRun } from "#panels/accuracy/published-run.ts";
import { PeakTable } from "#panels/answer/PeakTable.tsx";
import { ACCURACY } from "#catalog/accuracy.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { useScenario } from "#scenario/page/store.ts";
import { madeRow, madeRowWith } from "../../interop/measured/made-row.ts";

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
  useMeasuredRuns.setState(useMeasuredRuns.getInitialState(), true);
});

const lora = toAnswer(DEFAULT_CHOICES, POPULAR_CATALOG).methods.find(({ method }) => method === "lora");
const show = (row: MeasuredRow): void => {
  if (lora === undefined) throw new Error("LoRA is shown.");
  render(<MeasuredMoments measurement={ownMeasurement({ row, choices: DEFAULT_CHOICES })} method={lora} />);
};
const cells = (name: RegExp): readonly (string | null)[] =>
  within(screen.getByRole("row", { name }))
    .getAllByRole("cell")
    .map(({ textContent }) => textContent);

test("each moment that was measured stands beside what is predicted: the highest within, and what is there at its end", () => {
  show(madeRowWith(2 ** 30, "forward"));
  expect(cells(/^Forward/)).toEqual(["18.5", "19.5", "+1.0", "17.0", "18.0", "+1.0"]);
  expect(cells(/^Backward/)).toEqual(["18.9", "18.9", "0.0", "15.6", "15.6", "0.0"]);
});

test("nothing is predicted of what loading takes for a moment", () => {
  show(madeRow());
  expect(cells(/^Loading/)).toEqual(["", "15.1", "", "15.1", "15.1", "0.0"]);
});

test("moments without a figure have no row, and a run without any has no table", () => {
  show(
    madeRow({
      moments: [
        { id: "load", liveBytes: null, peakBytes: 7 },
        { id: "step", liveBytes: null, peakBytes: null },
      ],
    }),
  );
  expect(screen.queryByRole("row", { name: /^Optimizer/ })).toBeNull();
  expect(cells(/^Loading/)[4]).toBe("");
  cleanup();
  show(madeRow({ moments: [] }));
  expect(screen.queryByRole("table")).toBeNull();
});

test("a published run has its column in the table at the peak, in the row of its metric, and none where no row is of it", async () => {
  const published = (metric: string) => {
    const run = ACCURACY.runs.find((each) => each.metric === metric);
    if (run === undefined) throw new Error(`Some run is measured as ${metric}.`);
    return { ...run, sourceUrl: "" };
  };
  render(<PeakTable />);
  await act(() => openRun(published("allocated")));
  expect(await screen.findByRole("columnheader", { name: "measured" })).toBeVisible();
  const row = within(screen.getByRole("row", { name: /^Allocated/ })).getAllByRole("cell");
  expect(row.some(({ className }) => className.includes("measured"))).toBe(true);
  await act(() => openRun(published("reserved")));
  expect(screen.queryByRole("columnheader", { name: "measured" })).toBeNull();
});
