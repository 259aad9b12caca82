import { type ReactElement, useState } from "react";
import { errorFraction } from "#advice/error-statistics.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { Accuracy, AccuracyRun } from "#catalog/accuracy.ts";
import { formatGib } from "#format/bytes.ts";
import { formatSignedPercent } from "#format/signed-percent.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./AccuracyView.module.css";
import { openRunHere, sourceUrlOf } from "./open-run-here.ts";
import { stackName } from "./stack-name.ts";

/** So many tell where it is wrong. */
const FIRST = 20;

const Row = ({ run }: Readonly<{ run: AccuracyRun }>): ReactElement => (
  <tr>
    <th scope="row">
      <a href={run.link} title="Open this scenario" onClick={(event) => openRunHere(event, run)}>
        {run.model}, {METHOD_NAMES[run.method].label}
      </a>
      <span className={styles.conditions}>
        {run.conditions}. {run.framework}.{run.reason !== null && ` May be off: ${run.reason}.`}{" "}
        {run.group !== "contributed" && (
          <a href={sourceUrlOf(run)} title={run.source} target="_blank" rel="noopener noreferrer">
            Source
          </a>
        )}
      </span>
    </th>
    <td className={styles.wide}>{stackName(run.stack)}</td>
    <td className={styles.wide}>{run.metric}</td>
    <td>{formatGib(run.measuredBytes)}</td>
    <td>{formatGib(run.predictedBytes)}</td>
    <td>{formatSignedPercent(errorFraction(run))}</td>
  </tr>
);

/** The runs as a table, the largest error first: conditions, source, why it may be off, and a link to each run's scenario. */
export const AccuracyTable = ({ runs }: Pick<Accuracy, "runs">): ReactElement => {
  const [whole, setWhole] = useState(false);
  const sorted = runs.toSorted((one, other) => Math.abs(errorFraction(other)) - Math.abs(errorFraction(one)));
  return (
    <>
      <table className={styles.table}>
        <caption>The largest error first. A run’s name opens its scenario, with what was measured on its bar.</caption>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col" className={styles.wide}>
              Stack
            </th>
            <th scope="col" className={styles.wide}>
              What was measured
            </th>
            <th scope="col">Measured GiB</th>
            <th scope="col">Predicted GiB</th>
            <th scope="col">Error</th>
          </tr>
        </thead>
        <tbody>
          {(whole ? sorted : sorted.slice(0, FIRST)).map((run) => (
            <Row key={run.id} run={run} />
          ))}
        </tbody>
      </table>
      {sorted.length > FIRST && (
        <Button kind="link" onClick={() => setWhole(!whole)}>
          {whole ? `Show the first ${FIRST} runs` : `Show all ${sorted.length} runs`}
        </Button>
      )}
    </>
  );
};
