// Accuracy page: summary of errors, filters, chart and table of published runs.

import { type ReactElement, useState, useMemo } from "react";
import { errorReasons, errorFraction, errorStatistics } from "#advice/error-statistics.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { type Accuracy, type FitMiss, type AccuracyRun, ACCURACY } from "#catalog/accuracy.ts";
import { formatGib } from "#format/bytes.ts";
import { formatCount, formatPercent, formatSignedPercent } from "#format/numbers.ts";
import styles from "./AccuracyView.module.css";
import { stackName, openRunHere, sourceUrlOf } from "./published-run.ts";
import { Button } from "#ui/Button.tsx";
import { AccuracyChart, SeenTable } from "./AccuracyChart.tsx";
import { AccuracyFilters, FIRST_FILTER, filterRuns } from "./AccuracyFilters.tsx";

const Reasons = ({ runs }: Pick<Accuracy, "runs">): ReactElement => (
  <table className={styles.table}>
    <caption>Runs of all kinds that are off by more than 5 %, by what is known to cause it.</caption>
    <thead>
      <tr>
        <th scope="col">Reason</th>
        <th scope="col">Runs</th>
        <th scope="col">Median</th>
        <th scope="col">Worst</th>
      </tr>
    </thead>
    <tbody>
      {errorReasons(runs).map(({ reason, runs: count, median, worst }) => (
        <tr key={reason}>
          <th scope="row">{reason}</th>
          <td>{count}</td>
          <td>{formatPercent(median)}</td>
          <td>{formatSignedPercent(worst)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const happened = ({ kind, fit, tokens }: FitMiss): string => {
  if (kind === "context")
    return `reached ${formatCount(tokens?.published ?? 0)} tokens, predicted ${formatCount(tokens?.predicted ?? 0)}`;
  if (kind === "ran") return "ran, and was predicted not to fit";
  return fit === "tight"
    ? "ran out of memory, and was predicted as “may not fit”"
    : "ran out of memory, and was predicted to fit";
};

const Misses = ({ fitMisses }: Pick<Accuracy, "fitMisses">): ReactElement => (
  <ul className={styles.list}>
    {fitMisses.map((miss) => (
      <li key={miss.id}>
        <a href={miss.link}>
          {miss.model}, {METHOD_NAMES[miss.method].label}
        </a>{" "}
        {happened(miss)}: {formatGib(miss.onCardBytes)} GiB for {formatGib(miss.usableBytes)} usable, by {miss.by}.
        {miss.reason !== null && ` May be off: ${miss.reason}.`}
      </li>
    ))}
  </ul>
);

/** Where predictions are wrong, by how much and why; what ran on a card and what did not; what the range is made of; what could not be held at all. */
const AccuracyAccount = ({ data }: Readonly<{ data: Accuracy }>): ReactElement => (
  <>
    <h3>Where it is wrong, and by how much</h3>
    <Reasons runs={data.runs} />
    <h3>What ran on a card</h3>
    <p>
      Published runs that ran, that ran out of memory, and longest contexts that ran, against what was predicted:
      “fits”, “may not fit” or “does not fit”. A replay of PyTorch’s allocator decides; where there is none, the rule.{" "}
      {data.fitSummary.replace(/^fit: /, "As predicted: ")}. Predicted otherwise:
    </p>
    <Misses fitMisses={data.fitMisses} />
    <h3>From allocated to card</h3>
    <p>Two figures of one run, as a ratio. The range of each total on the page comes from these.</p>
    <ul className={styles.list}>
      {data.pairs.map(({ name, pairs, least, median, most }) => (
        <li key={name}>
          {name}: {pairs} runs, {least.toFixed(2)} to {most.toFixed(2)}, median {median.toFixed(2)}
        </li>
      ))}
    </ul>
    <h3>Not mapped</h3>
    <ul className={styles.list}>
      {data.notMapped.map(({ why, rows }) => (
        <li key={why}>
          {rows}: {why}
        </li>
      ))}
    </ul>
    <h3>Sources</h3>
    <ul className={styles.list}>
      {data.sources.map(({ name, url, rows }) => (
        <li key={name}>
          <a href={url} target="_blank" rel="noopener noreferrer">
            {name}
          </a>
          : {rows} runs
        </li>
      ))}
    </ul>
  </>
);

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
