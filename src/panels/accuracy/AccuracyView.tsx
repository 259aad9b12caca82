import { type ReactElement, useMemo, useState } from "react";
import { errorStatistics } from "#advice/error-statistics.ts";
import { ACCURACY } from "#catalog/accuracy.ts";
import { formatPercent } from "#format/percent.ts";
import { formatSignedPercent } from "#format/signed-percent.ts";
import { AccuracyAccount } from "./AccuracyAccount.tsx";
import { AccuracyChart } from "./AccuracyChart.tsx";
import { AccuracyFilters } from "./AccuracyFilters.tsx";
import { AccuracyTable } from "./AccuracyTable.tsx";
import styles from "./AccuracyView.module.css";
import { SeenTable } from "./SeenTable.tsx";
import { filterRuns, FIRST_FILTER } from "./run-filter.ts";

/** Predictions against measurements that other people published: a picture, a table, and a plain account of where they are wrong. */
export const AccuracyView = (): ReactElement => {
  const [filter, setFilter] = useState(FIRST_FILTER);
  const shown = useMemo(() => filterRuns(ACCURACY.runs, filter), [filter]);
  const { runs, median, p90, worst } = errorStatistics(shown);
  return (
    <div className={styles.view}>
      <p>
        Runs that other people measured and published, each mapped to a scenario by the same rules. No constant of the
        engine is fitted to one of them. Like is compared with like: allocated with the PyTorch peak, reserved with what
        the allocator is predicted to hold (1.08 × peak by the rule), nvidia-smi with that and the CUDA context.
      </p>
      <AccuracyFilters runs={ACCURACY.runs} filter={filter} onChange={setFilter} />
      <output className={styles.figures}>
        {runs === 0
          ? "No run is all of this."
          : `${runs} ${runs === 1 ? "run" : "runs"}: median error ${formatPercent(median)}, nine in ten within ${formatPercent(p90)}, worst ${formatSignedPercent(worst)}`}
      </output>
      {runs > 0 && (
        <>
          <AccuracyChart runs={shown} />
          <AccuracyTable runs={shown} />
          <SeenTable runs={shown} />
        </>
      )}
      <AccuracyAccount data={ACCURACY} />
    </div>
  );
};
