import { type ReactElement, useEffect } from "react";
import { useAnswer } from "#scenario/page/store.ts";
import { late } from "#ui/late.tsx";
import { hasKept } from "./has-kept.ts";
import type { MeasuredLinesProps } from "./MeasuredLines.tsx";
import { useMeasurements } from "./shown.ts";

const lines = late<MeasuredLinesProps>(async () => (await import("./MeasuredLines.tsx")).MeasuredLines);

/** Where the browser keeps rows, they are read; what reads them is fetched then only. */
const readKept = (): void => {
  if (!hasKept()) return;
  void import("./kept.ts").then(({ showStored }) => showStored()).catch(() => undefined);
};

/** What was measured of the scenario, if anything was, in a line for each run. */
export const MeasuredHere = (): ReactElement | null => {
  const answer = useAnswer();
  const measurements = useMeasurements(answer.choices);
  useEffect(readKept, []);
  return measurements.length === 0 ? null : <lines.Part answer={answer} measurements={measurements} />;
};
