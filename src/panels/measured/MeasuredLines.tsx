import { type ReactElement, useId, useEffect, useRef, useState } from "react";
import { FeedbackButton } from "#ui/FeedbackButton.tsx";
import { copyText } from "#ui/copy-text.ts";
import styles from "./MeasuredLine.module.css";
import { formatGib } from "#format/bytes.ts";
import type { MeasuredRow } from "#interop/measured/read-measured-row.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import {
  dayOf,
  rowFigures,
  deviceWords,
  failedWords,
  messageWords,
  offWords,
  otherCardWords,
  predictedWords,
  type RowFigure,
  saidTooWords,
} from "./row-words.ts";
import { Diamond } from "./Diamond.tsx";
import { download } from "#panels/take/page-link.ts";
import { Button } from "#ui/Button.tsx";
import { lineReached, useAsksForLine, useMeasuredRuns } from "./measured-runs.ts";
import { isKept, keepRow, forgetRow, removeRow } from "./kept.ts";
import type { OwnMeasurement, MeasuredRun, Measurement } from "./own-measurement.ts";
import { RemoveAll } from "./KeptNote.tsx";
import type { AccuracyMetric } from "#catalog/accuracy.ts";
import { metricName } from "#panels/answer/metric-name.ts";

/** The text of an issue, to be read and copied: the page sends nothing. */
const Contribution = ({ id, text }: Readonly<{ id: string; text: string }>): ReactElement => {
  const fieldId = useId();
  return (
    <div id={id} className={styles.contribution}>
      <label htmlFor={fieldId}>Text of an issue: the first line is its title</label>
      <textarea id={fieldId} readOnly value={text} rows={10} spellCheck={false} />
      <p>
        Copy it into a new issue of the repository that this page is built from, or send the row there as a file of{" "}
        <code>tests/golden/contributed/</code>. It names your card, driver and versions. Nothing is sent from here.
      </p>
      <FeedbackButton size="small" act={() => copyText(text)} done="Copied">
        Copy
      </FeedbackButton>
    </div>
  );
};

/** A row as a file: one JSON object in one line. */
const rowText = (row: MeasuredRow): string => `${JSON.stringify(row)}\n`;

/** "headroom-measured-lora-2026-11-29.json". */
const rowFileName = (row: MeasuredRow, { method }: MethodAnswer): string =>
  `headroom-measured-${method}-${row.at.slice(0, 10)}.json`;

const figureRows = (row: MeasuredRow, answer: MethodAnswer): readonly string[] => {
  const figures = rowFigures(row, answer);
  if (figures.length === 0) return [];
  // A run that ended early has not come to what is predicted of a whole step.
  const measured = row.outcome === "ran" ? "measured" : "measured until memory ran out";
  return [
    `| GiB | ${measured} | predicted${row.outcome === "ran" ? "" : " of a whole step"} |`,
    "| --- | ---: | ---: |",
    ...figures.map(
      ({ metric, measuredBytes, predictedBytes }) =>
        `| ${metric} | ${formatGib(measuredBytes)} | ${formatGib(predictedBytes)} |`,
    ),
    "",
  ];
};

/** The text of an issue that contributes a row: its title in the first line, what was measured and predicted, and the row as it is to stand in the folder. */
export const contributionText = (row: MeasuredRow, method: MethodAnswer, { model }: PageAnswer): string =>
  [
    `Measured: ${METHOD_NAMES[method.method].label} of ${model.name} on ${row.device?.name ?? "a CPU"}${row.outcome === "ran" ? "" : ", out of memory"}`,
    "",
    `Measured on ${dayOf(row)} with the script of this scenario: \`${row.link}\``,
    "",
    ...figureRows(row, method),
    `The row, for \`tests/golden/contributed/${rowFileName(row, method)}\`:`,
    "",
    "```json",
    rowText(row).trimEnd(),
    "```",
    "",
  ].join("\n");

type WordsProps = Readonly<{ row: MeasuredRow; method: MethodAnswer; answer: PageAnswer }>;

const stepsWords = (steps: number): string => `${steps} ${steps === 1 ? "step" : "steps"}`;

const Figures = ({ figures }: Readonly<{ figures: readonly RowFigure[] }>): ReactElement => (
  <>
    {figures.map(({ metric, measuredBytes }, index) => (
      <span key={metric}>
        {index > 0 && ", "}
        {metric === "reserved" && <Diamond isSeen />} {formatGib(measuredBytes)}
        {index === 0 && " GiB"} {metric}
      </span>
    ))}
  </>
);

const Ran = ({ row, method }: Omit<WordsProps, "answer">): ReactElement => {
  const figures = rowFigures(row, method);
  const name = METHOD_NAMES[method.method].label;
  if (figures.length === 0)
    return (
      <>
        <strong>
          {name} ran, {dayOf(row)}
        </strong>
        : {stepsWords(row.steps)} on {deviceWords(row)}. It has no figure of a card’s memory.
      </>
    );
  return (
    <>
      {row.peakBytes !== null && <Diamond />}{" "}
      <strong>
        {name} measured, {dayOf(row)}
      </strong>
      : <Figures figures={figures} /> ({deviceWords(row)}). {predictedWords(figures)} {offWords(row, method)}
    </>
  );
};

const OutOfMemory = ({ row, method, answer }: WordsProps): ReactElement => {
  const message = messageWords(row);
  return (
    <>
      {row.peakBytes !== null && <Diamond />}{" "}
      <strong>
        {METHOD_NAMES[method.method].label} out of memory, {dayOf(row)}
      </strong>
      , {failedWords(row)}
      {row.peakBytes !== null && `, with ${formatGib(row.peakBytes)} GiB allocated`} ({deviceWords(row)}).{" "}
      {message !== null && (
        <>
          PyTorch: <q>{message}</q>{" "}
        </>
      )}
      {saidTooWords(row, method, answer)}
    </>
  );
};

/** What a row says, what is predicted of the same metrics, and how they differ. */
const OwnWords = (props: WordsProps): ReactElement => {
  const { row, answer } = props;
  return (
    <>
      {row.outcome === "ran" ? <Ran row={row} method={props.method} /> : <OutOfMemory {...props} />}{" "}
      {otherCardWords(row, answer)}
    </>
  );
};

type OwnLineProps = Readonly<{ answer: PageAnswer; measurement: OwnMeasurement }>;

/** A reader's own run: what was measured and predicted, and what can be done with the row. It is kept on a press alone. */
const OwnLine = ({ answer, measurement }: OwnLineProps): ReactElement | null => {
  const { row } = measurement;
  const line = useRef<HTMLParagraphElement>(null);
  const id = useId();
  const kept = useMeasuredRuns((followed) => isKept(row, followed.kept));
  const [problem, setProblem] = useState<string | null>(null);
  const [contributes, setContributes] = useState(false);
  const isAsked = useAsksForLine(measurement);
  useEffect(() => {
    if (!isAsked) return;
    line.current?.focus();
    lineReached();
  }, [isAsked]);
  // The line goes, and with it the button that has the focus.
  const gone = (why: string | null): void => {
    if (why === null) document.getElementById("answer")?.focus({ preventScroll: true });
    setProblem(why);
  };
  const method = answer.methods.find((each) => each.method === measurement.method);
  if (method === undefined) return null;
  return (
    <fieldset className={styles.own} aria-label={`Measured run, ${METHOD_NAMES[method.method].label}`}>
      <p ref={line} tabIndex={-1} className={styles.line}>
        <OwnWords row={row} method={method} answer={answer} />
      </p>
      <div className={styles.acts}>
        <Button
          size="small"
          aria-pressed={kept}
          onClick={() => setProblem(kept ? forgetRow(measurement) : keepRow(measurement))}
        >
          Keep in this browser
        </Button>
        <Button
          size="small"
          onClick={() => download(rowFileName(row, method), new Blob([rowText(row)], { type: "application/json" }))}
        >
          Take away as a file
        </Button>
        <Button
          size="small"
          aria-expanded={contributes}
          aria-controls={id}
          onClick={() => setContributes(!contributes)}
        >
          Contribute
        </Button>
        <Button size="small" kind="quiet" onClick={() => gone(removeRow(measurement))}>
          Remove
        </Button>
        <RemoveAll done={gone} />
      </div>
      {problem !== null && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      {contributes && <Contribution id={id} text={contributionText(row, method, answer)} />}
    </fieldset>
  );
};

/** How a metric differs from what the bar shows: what must fit on the card. */
export const MEASURED_METRICS: Readonly<Record<AccuracyMetric, string>> = {
  allocated: "Allocated is what tensors take; the bar has the allocator’s gaps and the CUDA context too.",
  active: "Active is what blocks in use take; the bar has the allocator’s gaps and the CUDA context too.",
  reserved:
    "Reserved is what PyTorch keeps, without the CUDA context: more than it needs while there is room, which it gives back before it fails. The bar is what it needs.",
  "nvidia-smi":
    "nvidia-smi shows the CUDA context and what PyTorch keeps: more than it needs while there is room, which it gives back before it fails. The bar is what it needs.",
  "not named":
    "Its source does not say which metric that is; it is compared with what nvidia-smi shows. The bar is what the run needs.",
};

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

export type MeasuredLinesProps = Readonly<{ answer: PageAnswer; measurements: readonly Measurement[] }>;

/** A line for each run that was measured of the scenario: one that was published, or a reader's own. */
export const MeasuredLines = ({ answer, measurements }: MeasuredLinesProps): ReactElement => (
  <>
    {measurements.map((each) =>
      each.kind === "published" ? (
        <PublishedLine key={each.method} run={each.run} />
      ) : (
        <OwnLine key={`${each.method} ${each.row.at}`} answer={answer} measurement={each} />
      ),
    )}
  </>
);
