import type { ReactElement } from "react";
import { METHOD_NAMES } from "#scenario/choices/method-names.ts";
import { formatGib } from "#format/bytes.ts";
import type { MeasuredRun } from "#scenario/page/measured-run.ts";
import styles from "./MeasuredLine.module.css";
import { MEASURED_METRICS } from "./measured-words.ts";
import { metricName } from "./metric-name.ts";

/** What was measured of the run whose scenario this is, what is predicted of the same metric, and how that differs from the bar. */
export const MeasuredLine = ({ run }: Readonly<{ run: MeasuredRun }>): ReactElement => (
  <p className={styles.line}>
    <svg width="10" height="10" viewBox="-5 -5 10 10" aria-hidden="true">
      <path d="M0,-5l5,5l-5,5l-5,-5z" />
    </svg>{" "}
    <strong>Measured {formatGib(run.measuredBytes)} GiB</strong> with {METHOD_NAMES[run.method].label} (
    {metricName(run.metric)},{" "}
    <a href={run.sourceUrl} target="_blank" rel="noopener noreferrer">
      {run.source}
    </a>
    ); predicted for that metric {formatGib(run.predictedBytes)}. {MEASURED_METRICS[run.metric]}
    {run.reason !== null && ` May be off: ${run.reason}.`}
  </p>
);
