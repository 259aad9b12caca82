// Chart of predicted against measured memory, and the table of reserved memory by source.

import { type MouseEvent, type ReactElement, useCallback, useMemo, useState } from "react";
import { errorFraction, type SeenSource, seenSources } from "#advice/error-statistics.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { GIB } from "#calc/base/bytes.ts";
import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import type { AccuracyRun, Accuracy, SeenFigure } from "#catalog/accuracy.ts";
import { ComparisonScatter, type PointAt, type MarkId, MARKS } from "#charts/ComparisonScatter.tsx";
import { formatGib } from "#format/bytes.ts";
import { formatSignedPercent, formatPercent } from "#format/numbers.ts";
import styles from "./AccuracyView.module.css";
import { openRunHere, stackName } from "./published-run.ts";

const HEIGHT = 440;
const METHOD_MARKS: Readonly<Record<MethodId, MarkId>> = { full: "circle", lora: "square", qlora: "triangle" };

const Readout = ({ run }: Readonly<{ run: AccuracyRun }>): ReactElement => (
  <>
    <strong>
      {run.model}, {METHOD_NAMES[run.method].label}: {formatSignedPercent(errorFraction(run))}
    </strong>
    <p>
      {formatGib(run.predictedBytes)} GiB predicted, {formatGib(run.measuredBytes)} measured ({run.metric})
    </p>
    <p>
      {stackName(run.stack)}: {run.conditions}
    </p>
    {run.reason !== null && <p>May be off: {run.reason}.</p>}
    <a href={run.link} tabIndex={-1} onClick={(event) => openRunHere(event, run)}>
      Open this scenario
    </a>
  </>
);

/** The scatter, and beside the point that is looked at what it is. To the keyboard and to those who hear it, the table says the same. */
export const AccuracyChart = ({ runs }: Readonly<{ runs: readonly AccuracyRun[] }>): ReactElement => {
  const [looked, setLooked] = useState<PointAt | null>(null);
  const points = useMemo(
    () =>
      runs.map(({ id, model, measuredBytes, predictedBytes, method, link }) => ({
        id,
        label: model,
        measured: measuredBytes / GIB,
        predicted: predictedBytes / GIB,
        mark: METHOD_MARKS[method],
        href: link,
      })),
    [runs],
  );
  const open = useCallback(
    (event: MouseEvent, id: string): void => {
      const opened = runs.find((each) => each.id === id);
      if (opened !== undefined) openRunHere(event, opened);
    },
    [runs],
  );
  const run = runs.find(({ id }) => id === looked?.id);
  return (
    <figure className={styles.figure} onPointerLeave={() => setLooked(null)}>
      <ComparisonScatter points={points} height={HEIGHT} onLook={setLooked} onOpen={open} />
      <figcaption className={styles.legend}>
        {METHODS.map((method) => (
          <span key={method}>
            <svg width="10" height="10" viewBox="-5 -5 10 10" aria-hidden="true">
              <path d={MARKS[METHOD_MARKS[method]]} />
            </svg>{" "}
            {METHOD_NAMES[method].label}
          </span>
        ))}
        <span>On the line: as measured. Above it: predicted too high.</span>
      </figcaption>
      {run !== undefined && looked !== null && (
        <div className={styles.readout} aria-hidden="true" data-low={looked.y > HEIGHT / 2}>
          <Readout run={run} />
        </div>
      )}
    </figure>
  );
};

/** A figure in the column of what it is of. */
const Measured = ({ metric, measuredBytes }: Pick<SeenFigure, "metric" | "measuredBytes">): ReactElement => (
  <>
    <td>{metric === "reserved" && formatGib(measuredBytes)}</td>
    <td>{metric === "nvidia-smi" && formatGib(measuredBytes)}</td>
  </>
);

const Source = ({ source }: Readonly<{ source: SeenSource }>): ReactElement => (
  <tbody>
    <tr className={styles.group}>
      <th scope="rowgroup" colSpan={7}>
        {source.source}
      </th>
    </tr>
    <tr>
      <th scope="row">
        {source.by}, {source.runs} {source.runs === 1 ? "run" : "runs"}
      </th>
      <Measured {...source} />
      <td>{formatGib(source.seenBytes)}</td>
      <td>{formatGib(source.neededBytes)}</td>
      <td>{formatPercent(source.median)}</td>
      <td className={styles.wide}>{formatPercent(source.p90)}</td>
    </tr>
  </tbody>
);

/** What the allocator of runs was seen to hold, by source, beside what is predicted that it holds and that a run needs. */
export const SeenTable = ({ runs }: Pick<Accuracy, "runs">): ReactElement | null => {
  const sources = seenSources(runs);
  if (sources.length === 0) return null;
  return (
    <>
      <h3>Reserved, and what nvidia-smi shows</h3>
      <dl className={styles.words}>
        <dt>Reserved</dt>
        <dd>measured: torch.cuda.max_memory_reserved</dd>
        <dt>nvidia-smi</dt>
        <dd>measured: less the CUDA context and, on several GPUs, NCCL’s buffers</dd>
        <dt>Seen</dt>
        <dd>predicted: what the allocator holds on that card</dd>
        <dt>Needed</dt>
        <dd>predicted: the least with which the run goes on, the CUDA context on top</dd>
        <dt>Replay</dt>
        <dd>PyTorch’s allocator, replayed with what the run asks of it</dd>
        <dt>Rule</dt>
        <dd>where there is no replay: seen is 1.08 × peak, needed 1.02 × peak</dd>
      </dl>
      <table className={`${styles.table} ${styles.seen}`}>
        <caption>GiB, means over the runs of a source. The error is that of what is seen.</caption>
        <thead>
          <tr>
            <th scope="col">By</th>
            <th scope="col">Reserved</th>
            <th scope="col">nvidia-smi</th>
            <th scope="col">Seen</th>
            <th scope="col">Needed</th>
            <th scope="col">Median error</th>
            <th scope="col" className={styles.wide}>
              Nine in ten within
            </th>
          </tr>
        </thead>
        {sources.map((source) => (
          <Source key={`${source.by} ${source.source} ${source.metric}`} source={source} />
        ))}
      </table>
    </>
  );
};
