// A line for each measured run of the scenario, with the prediction and the text for contributing it.

import { bytes } from "#calc/base/bytes.ts";
import { fitOnCard } from "#calc/card/fit.ts";
import type { MomentId } from "#calc/model/memory-estimate.ts";
import { formatGib } from "#format/bytes.ts";
import { joinWithAnd } from "#format/phrases.ts";
import {
  isSameCard,
  leastDifference,
  type DifferingPart,
  differingParts,
  predictedOfRow,
} from "#interop/measure/row-comparison.ts";
import type { MeasuredRow } from "#interop/measure/measured-rows.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { type ReactElement, useId, useEffect, useRef, useState } from "react";
import { FeedbackButton, copyText } from "#ui/FeedbackButton.tsx";
import styles from "./MeasuredLines.module.css";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { Diamond } from "./MeasuredTables.tsx";
import { downloadFile } from "#panels/take/page-link.ts";
import { Button } from "#ui/Button.tsx";
import { clearAskedLine, useAsksForLine, useMeasuredRuns } from "./measured-runs.ts";
import { isKeptRow, keepRow, forgetRow, removeRow, RemoveAllRows } from "./KeptRows.tsx";
import { type OwnMeasurement, type MeasuredRun, type Measurement, metricName } from "./measurement-marks.ts";
import type { AccuracyMetric } from "#catalog/accuracy.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** "14 Nov 2026", UTC. */
const dayOf = ({ at }: MeasuredRow): string => {
  const [year, month, day] = at.slice(0, 10).split("-").map(Number);
  return `${day} ${MONTHS[(month ?? 1) - 1]} ${year}`;
};

/** "NVIDIA GeForce RTX 4090, torch 2.13.0". */
const deviceWords = ({ device, versions: { torch } }: MeasuredRow): string =>
  `${device?.name ?? "a CPU"}${torch === undefined ? "" : `, torch ${torch}`}`;

/** What a row measured, beside what is predicted of the same metric. */
type RowFigure = Readonly<{ metric: "allocated" | "reserved"; measuredBytes: number; predictedBytes: number }>;

/** Allocated peak and reserved, as far as they were measured. */
const rowFigures = (row: MeasuredRow, { estimate }: MethodAnswer): readonly RowFigure[] => {
  const predicted = predictedOfRow(estimate);
  return [
    { metric: "allocated", measuredBytes: row.peakBytes, predictedBytes: predicted.peakBytes } as const,
    { metric: "reserved", measuredBytes: row.reservedBytes, predictedBytes: predicted.reservedBytes } as const,
  ].flatMap(({ measuredBytes, ...rest }) => (measuredBytes === null ? [] : [{ ...rest, measuredBytes }]));
};

/** "Predicted for these metrics: 18.9 and 21.8." */
const predictedWords = (figures: readonly RowFigure[]): string => {
  const all = joinWithAnd(figures.map(({ predictedBytes }) => formatGib(predictedBytes)));
  return `Predicted for ${figures.length === 1 ? "that metric" : "these metrics"}: ${all}.`;
};

const WHERE: Readonly<Record<MomentId, string>> = {
  load: "after loading",
  forward: "in forward",
  backward: "in backward",
  step: "in the optimizer’s step",
  zero: "between steps",
};

const FAILED: Readonly<Record<MomentId, (step: number) => string>> = {
  load: () => "while loading",
  forward: (step) => `in the forward of step ${step}`,
  backward: (step) => `in the backward of step ${step}`,
  step: (step) => `in the optimizer’s step ${step}`,
  zero: (step) => `after step ${step}`,
};

/** Where a run was out of memory: "in the backward of step 1". */
const failedWords = ({ failedAt, steps }: MeasuredRow): string =>
  failedAt === null ? `in step ${steps + 1}` : FAILED[failedAt](steps + 1);

const gibMore = (bytes: number): string => `${formatGib(Math.abs(bytes))} GiB ${bytes < 0 ? "less" : "more"}`;

const firstWords = ({ moment, part, bytes }: DifferingPart): string =>
  moment === "load"
    ? `After loading ${gibMore(bytes)} than predicted: ${part}`
    : `The first difference is ${WHERE[moment]}, ${gibMore(bytes)}: ${part}`;

const partsWords = ([first, ...others]: readonly DifferingPart[]): string =>
  first === undefined
    ? ""
    : ` ${firstWords(first)}${others.map(({ moment, part, bytes }) => `; then ${WHERE[moment]} ${gibMore(bytes)}: ${part}`).join("")}.`;

/** How far allocated is from what is predicted, and which part is off, where the moments tell; null where it was not measured. */
const offWords = (row: MeasuredRow, { estimate }: MethodAnswer): string | null => {
  if (row.peakBytes === null) return null;
  const { peakBytes } = predictedOfRow(estimate);
  const off = row.peakBytes - peakBytes;
  const least = leastDifference(peakBytes);
  const parts = differingParts(row, estimate);
  if (Math.abs(off) < least) return `Allocated agrees.${partsWords(parts)}`;
  const [only, ...others] = parts;
  const said = `Allocated is ${gibMore(off)} than predicted`;
  if (only === undefined) return `${said}; no moment tells in which part.`;
  const isAll = others.length === 0 && Math.abs(only.bytes - off) < least;
  return isAll && only.moment !== "load"
    ? `${said}, all of it ${WHERE[only.moment]}: ${only.part}.`
    : `${said}.${partsWords(parts)}`;
};

type Of = Pick<Answer, "gpu" | "choices">;

/** Whether a row is of the card that is chosen; of a CPU: no. */
const isOfChosen = ({ device }: MeasuredRow, { gpu, choices }: Of): boolean =>
  device !== null && isSameCard(device, { ...gpu, isCustom: choices.gpu.kind === "custom" });

/** That a row is of another card than the one that is counted for; null where it is of that one. */
const otherCardWords = (row: MeasuredRow, answer: Of): string | null =>
  row.device === null || isOfChosen(row, answer)
    ? null
    : `It was measured on another card than the ${answer.gpu.shortName} that is counted for: kernels, and what PyTorch keeps, may differ.`;

const LONGEST_MESSAGE = 240;

/** What PyTorch said, in at most so many characters, and no sign that would turn the sentence around it. */
const messageWords = ({ message }: MeasuredRow): string | null => {
  const text = (message ?? "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD")
    .trim();
  if (text === "") return null;
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE - 1)}…` : text;
};

/** Whether the engine said so too, of a run that was out of memory: on the chosen card as its fit is, on another by what that one has. */
const saidTooWords = (row: MeasuredRow, { estimate, card }: MethodAnswer, answer: Answer): string => {
  const { device } = row;
  if (device === null) return "";
  if (card.cannotRun !== null && isOfChosen(row, answer))
    return `Headroom says that it cannot run there: ${card.cannotRun}.`;
  const { fit, headroomBytes: free } = isOfChosen(row, answer) ? card : fitOnCard(estimate, bytes(device.totalBytes));
  const needed = `${formatGib(estimate.onCardBytes)} GiB needed, the most ${WHERE[estimate.peakMoment]}`;
  if (free < 0) return `Headroom says so too: ${needed}, ${formatGib(Math.abs(free))} more than there is.`;
  if (fit === "tight") return `Headroom says that it may not fit: ${needed}, ${formatGib(free)} free.`;
  return `Headroom says that it fits: ${needed}, ${formatGib(free)} free. Either it is wrong here, or others used the card.`;
};

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
  const kept = useMeasuredRuns((followed) => isKeptRow(row, followed.kept));
  const [problem, setProblem] = useState<string | null>(null);
  const [contributes, setContributes] = useState(false);
  const isAsked = useAsksForLine(measurement);
  useEffect(() => {
    if (!isAsked) return;
    line.current?.focus();
    clearAskedLine();
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
          onClick={() => downloadFile(rowFileName(row, method), new Blob([rowText(row)], { type: "application/json" }))}
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
        <RemoveAllRows done={gone} />
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
