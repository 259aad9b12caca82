import { seenOfRow } from "#interop/measured/predicted-of-row.ts";
import type { RowOfScenario } from "#interop/measured/import-measured-row.ts";
import type { MeasuredRow } from "#interop/measured/measured-row.ts";
import type { Measured } from "#charts/measured-mark.ts";
import type { OwnMeasurement } from "./measurement.ts";

const peakFigure = ({ peakBytes, outcome }: MeasuredRow): readonly Measured[] => {
  if (peakBytes === null) return [];
  return outcome === "ran"
    ? [{ bytes: peakBytes, metric: "allocated" }]
    : [{ bytes: peakBytes, metric: "allocated, then out of memory", look: "failed" }];
};

/** What PyTorch held: with the CUDA context, where that is known, as the bar's thin line has it. */
const seenFigure = (row: MeasuredRow): readonly Measured[] => {
  if (row.reservedBytes === null || row.outcome !== "ran") return [];
  const seen = seenOfRow(row);
  return seen === null
    ? [{ bytes: row.reservedBytes, metric: "reserved", look: "seen" }]
    : [{ bytes: seen, metric: "reserved, with the CUDA context", look: "seen" }];
};

const inTable = (row: MeasuredRow): OwnMeasurement["inTable"] => {
  if (row.outcome !== "ran") return {};
  const { peakBytes: allocated, contextBytes: context } = row;
  const seen = seenOfRow(row);
  return {
    ...(allocated !== null && { allocated }),
    ...(context !== null && { context }),
    ...(seen !== null && { seen }),
  };
};

/** A row as it stands with its scenario: its marks are the allocated peak and what PyTorch held; of a run out of memory how far it came. */
export const ownMeasurement = ({ row, choices }: RowOfScenario): OwnMeasurement => ({
  kind: "own",
  row,
  choices,
  method: choices.method,
  figures: [...peakFigure(row), ...seenFigure(row)],
  inTable: inTable(row),
});
