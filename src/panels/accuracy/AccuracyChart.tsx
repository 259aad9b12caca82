import { type MouseEvent, type ReactElement, useCallback, useMemo, useState } from "react";
import { errorFraction } from "#advice/error-statistics.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { GIB } from "#calc/base/quantity.ts";
import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import type { AccuracyRun } from "#catalog/accuracy.ts";
import { ComparisonScatter, type PointAt } from "#charts/ComparisonScatter.tsx";
import { type MarkId, MARKS } from "#charts/mark.ts";
import { formatGib } from "#format/bytes.ts";
import { formatSignedPercent } from "#format/signed-percent.ts";
import styles from "./AccuracyView.module.css";
import { openRunHere } from "./open-run-here.ts";
import { stackName } from "./stack-name.ts";

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
