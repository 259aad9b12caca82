import { type ReactElement, useId, useState } from "react";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { formatGib } from "#format/bytes.ts";
import { capitalised } from "#format/capitalised.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { openAlive } from "#panels/answer/selection.ts";
import { change } from "#scenario/page/actions.ts";
import type { MethodAtMoment, RunPart, RunParts } from "#service/answers/run-parts.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { late } from "#ui/late.tsx";
import type { RunTimelineProps } from "./RunTimeline.tsx";
import { Button } from "#ui/Button.tsx";
import { doWithout } from "./looked-at.ts";
import { partReason } from "./part-reason.ts";
import { countingIt, partWords } from "./part-words.ts";
import { RunAlive } from "./RunAlive.tsx";
import styles from "./RunCells.module.css";

/** Recharts comes with it. */
const runTimeline = late<RunTimelineProps>(async () => (await import("./RunTimeline.tsx")).RunTimeline);

type LineProps = Readonly<{ run: RunParts; part: RunPart; at: MethodAtMoment }>;

/** "the defaults of Axolotl": of whichever library trains. */
const defaultsOf = (stack: string): string => `the defaults of ${isStackId(stack) ? STACKS[stack].name : stack}`;

/** What an evaluation's defaults are, as its sentence goes on; empty for what has no batch. */
const settingsText = ({ part, run: { offered } }: LineProps): string => {
  if (part.id !== "evaluate") return "";
  return `, batch ${offered.eval} and ${offered.evalkeep === "loss" ? "loss only" : `${offered.evalkeep} kept`},`;
};

/** A part that nobody counts does not fit, and all that is counted does. */
export const UncountedLine = (props: LineProps): ReactElement => {
  const { run, part, at } = props;
  const words = partWords(part.id);
  return (
    <div className={styles.line}>
      <p>
        <strong>{capitalised(words)} is not counted.</strong> With {defaultsOf(run.offered.stack)}
        {settingsText(props)} it needs {formatGib(Math.abs(at.card.headroomBytes))} GiB more than this card has.
      </p>
      <div className={styles.buttons}>
        {part.standing === "offered" && (
          <Button kind="quiet" size="small" onClick={() => doWithout(part.id)}>
            No {words}
          </Button>
        )}
        <Button size="small" onClick={() => change(countingIt(part.id, run.offered))}>
          Count it
        </Button>
      </div>
    </div>
  );
};

/** The part that is looked at: why it takes what it takes, what it grows by, and all that is alive in it. */
export const PartLine = ({ run, part, at, answer }: LineProps & Readonly<{ answer: PageAnswer }>): ReactElement => {
  const vocabulary = answer.model.architecture.vocab_size;
  const [open, setOpen] = useState(false);
  const listId = useId();
  const { moment } = at;
  const { subject, text } = partReason({ id: part.id, at, offered: run.offered, vocabulary });
  return (
    <>
      <div className={styles.line}>
        <p>
          <strong>{subject}</strong> {text}
        </p>
        <div className={styles.buttons}>
          {part.standing !== "counted" && (
            <Button kind="quiet" size="small" onClick={() => change(countingIt(part.id, run.offered))}>
              Count it
            </Button>
          )}
          {moment === null ? (
            <Button size="small" onClick={() => openAlive("weights")}>
              Show what is alive
            </Button>
          ) : (
            <Button
              size="small"
              aria-expanded={open}
              aria-controls={open ? listId : undefined}
              onClick={() => setOpen(!open)}
            >
              {open ? "Hide what is alive" : "Show what is alive"}
            </Button>
          )}
        </div>
      </div>
      {open && moment !== null && (
        <div id={listId}>
          <runTimeline.Part answer={answer} run={run} lookedAt={part.id} />
          <RunAlive
            moment={moment}
            title={`${METHOD_NAMES[at.method].label}, ${partWords(part.id)} at its highest. Each tensor takes whole blocks of 512 B.`}
          />
        </div>
      )}
    </>
  );
};
