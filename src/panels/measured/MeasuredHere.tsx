import { type ReactElement, useEffect } from "react";
import { useAnswer } from "#scenario/page/store.ts";
import { latePart } from "#ui/late-parts.tsx";
import { hasKept, KEPT_KEY } from "./has-kept.ts";
import type { MeasuredLinesProps } from "./MeasuredLines.tsx";
import { useMeasurements } from "./shown.ts";

const lines = latePart<MeasuredLinesProps>(async () => (await import("./MeasuredLines.tsx")).MeasuredLines);

const readKept = (): void => void import("./kept.ts").then(({ showStored }) => showStored()).catch(() => undefined);

/** Reads the rows that the browser keeps, and again when another tab has kept or removed one; what reads them is fetched then only. */
const followKept = (): (() => void) => {
  const follow = ({ key }: StorageEvent): void => {
    if (key === KEPT_KEY || key === null) readKept();
  };
  if (hasKept()) readKept();
  addEventListener("storage", follow);
  return () => removeEventListener("storage", follow);
};

/** What was measured of the scenario, if anything was, in a line for each run. */
export const MeasuredHere = (): ReactElement | null => {
  const answer = useAnswer();
  const measurements = useMeasurements(answer.choices);
  useEffect(followKept, []);
  return measurements.length === 0 ? null : <lines.Part answer={answer} measurements={measurements} />;
};
