import type { ReactElement } from "react";
import { type SeenSource, seenSources } from "#advice/seen-sources.ts";
import type { Accuracy, SeenFigure } from "#catalog/accuracy.ts";
import { formatGib } from "#format/bytes.ts";
import { formatPercent } from "#format/percent.ts";
import styles from "./AccuracyView.module.css";

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
