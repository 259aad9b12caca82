import type { ReactElement } from "react";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { formatGib } from "#format/bytes.ts";
import { metricName } from "#panels/answer/metric-name.ts";
import { Diamond } from "./Diamond.tsx";
import styles from "./MeasuredLine.module.css";
import type { MeasuredRun } from "./measurement.ts";
import { MEASURED_METRICS } from "./metric-words.ts";

/** What was measured of the run whose scenario this is, what is predicted of the same metric, and how that differs from the bar. */
export const PublishedLine = ({ run }: Readonly<{ run: MeasuredRun }>): ReactElement => (
  <p className={styles.line}>
    <Diamond /> <strong>Measured {formatGib(run.measuredBytes)} GiB</strong> with {METHOD_NAMES[run.method].label} (
    {metricName(run.metric)},{" "}
    {run.sourceUrl === "" ? (
      run.source
    ) : (
      <a href={run.sourceUrl} target="_blank" rel="noopener noreferrer">
        {run.source}
      </a>
    )}
    ); predicted for that metric {formatGib(run.predictedBytes)}. {MEASURED_METRICS[run.metric]}
    {run.reason !== null && ` May be off: ${run.reason}.`}
  </p>
);
