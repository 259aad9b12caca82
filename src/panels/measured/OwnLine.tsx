import { type ReactElement, useEffect, useId, useRef, useState } from "react";
import { download } from "#panels/take/download.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { Button } from "#ui/Button.tsx";
import { lineReached, useAsksForLine } from "./asked-line.ts";
import { Contribution } from "./Contribution.tsx";
import { contributionText, rowFileName, rowText } from "./contribution.ts";
import { useFollowed } from "./follow.ts";
import { isKept, keepRow, letGoOfRow, removeRow } from "./kept.ts";
import styles from "./MeasuredLine.module.css";
import type { OwnMeasurement } from "./measurement.ts";
import { OwnWords } from "./OwnWords.tsx";
import { RemoveAll } from "./RemoveAll.tsx";

type OwnLineProps = Readonly<{ answer: PageAnswer; measurement: OwnMeasurement }>;

/** A reader's own run: what was measured and predicted, and what can be done with the row. It is kept on a press alone. */
export const OwnLine = ({ answer, measurement }: OwnLineProps): ReactElement | null => {
  const { row } = measurement;
  const line = useRef<HTMLParagraphElement>(null);
  const id = useId();
  const kept = useFollowed((followed) => isKept(row, followed.kept));
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
          onClick={() => setProblem(kept ? letGoOfRow(measurement) : keepRow(measurement))}
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
