import type { ReactElement } from "react";
import { errorReasons } from "#advice/error-reasons.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { Accuracy, FitMiss } from "#catalog/accuracy.ts";
import { formatGib } from "#format/bytes.ts";
import { formatCount } from "#format/count.ts";
import { formatPercent } from "#format/percent.ts";
import { formatSignedPercent } from "#format/signed-percent.ts";
import styles from "./AccuracyView.module.css";

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
export const AccuracyAccount = ({ data }: Readonly<{ data: Accuracy }>): ReactElement => (
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
