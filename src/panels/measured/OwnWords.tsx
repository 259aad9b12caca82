import type { ReactElement } from "react";
import { formatGib } from "#format/bytes.ts";
import type { MeasuredRow } from "#interop/measured/measured-row.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { Diamond } from "./Diamond.tsx";
import {
  dayOf,
  deviceWords,
  failedWords,
  messageWords,
  offWords,
  otherCardWords,
  predictedWords,
  type RowFigure,
  rowFigures,
  saidTooWords,
} from "./row-words.ts";

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
export const OwnWords = (props: WordsProps): ReactElement => {
  const { row, answer } = props;
  return (
    <>
      {row.outcome === "ran" ? <Ran row={row} method={props.method} /> : <OutOfMemory {...props} />}{" "}
      {otherCardWords(row, answer)}
    </>
  );
};
