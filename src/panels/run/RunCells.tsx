// Cells of the run's parts with the memory each leaves free, and details of the chosen part.

import { type ReactElement, useId, useState, useEffect, useMemo } from "react";
import fits from "#charts/fit.module.css";
import { formatSignedGib, formatBytes, formatGib } from "#format/bytes.ts";
import { NotKnownIcon } from "#panels/answer/NotKnown.tsx";
import { SpokenFit } from "#panels/answer/FitStatus.tsx";
import type { MethodAtMoment, RunPart, RunParts } from "#service/answers/run-timeline.ts";
import cell from "#ui/radio-cell.module.css";
import spoken from "#ui/spoken.module.css";
import styles from "./RunCells.module.css";
import { TERM_STYLE, TermSwatch } from "#charts/term-style.tsx";
import { formatPercent } from "#format/numbers.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { capitalized } from "#format/phrases.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { openAliveTensors, showMoment } from "#panels/answer/selection.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { latePart } from "#ui/late-parts.tsx";
import type { RunTimelineProps } from "./RunTimeline.tsx";
import { Button } from "#ui/Button.tsx";
import {
  omitRunPart,
  runPartReason,
  patchToCount,
  runPartWords,
  chooseRunPart,
  useRunPartChoice,
  methodAtRunPart,
  chosenRunPart,
  runSentence,
  showsBatch,
  runPartName,
  runPartSubject,
} from "./run-parts.ts";

/** Where the card ends on the bar of a cell. */
const LINE_AT = 2 / 3;

const percent = (share: number): string => `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;

type BarProps = Readonly<{ at: MethodAtMoment; availableBytes: number }>;

/** What a moment takes against the line of the card, which stands at two thirds. */
const CellBar = ({ at: { estimate, card }, availableBytes }: BarProps): ReactElement => {
  const share = availableBytes > 0 ? (estimate.onCardBytes / availableBytes) * LINE_AT : 1;
  const isOver = card.fit === "over";
  const within = isOver ? LINE_AT : share;
  return (
    <span className={styles.bar} aria-hidden="true">
      <span className={styles.within} style={{ width: percent(within) }} />
      {isOver && (
        <span
          className={styles.beyond}
          style={{ left: percent(LINE_AT), width: percent(Math.min(1, share) - LINE_AT) }}
        />
      )}
      <span className={styles.tick} style={{ left: percent(LINE_AT) }} />
    </span>
  );
};

/** The bytes that a moment leaves of the card; no figure where that is known only as another library runs it. */
const Outcome = ({ at: { card, otherRule } }: Readonly<{ at: MethodAtMoment }>): ReactElement =>
  otherRule === null ? (
    <span className={`${styles.outcome} ${fits[card.fit]}`}>
      <SpokenFit fit={card.fit} />
      {formatSignedGib(card.headroomBytes)}
      <span className={spoken.spoken}> GiB</span>
    </span>
  ) : (
    <span className={`${styles.outcome} ${styles.none}`} title={otherRule}>
      <NotKnownIcon />
    </span>
  );

type RunCellProps = Readonly<{
  /** Unique on the page: the radio group. */
  group: string;
  value: string;
  name: string;
  what: string;
  /** Whether that is a batch. */
  ofBatch: boolean;
  /** Whether nobody counts it, and a run may go without it. */
  dashed: boolean;
  checked: boolean;
  /** The method in focus there; null: it has no such moment. */
  at: MethodAtMoment | null;
  /** "Merging is of adapters, and full fine-tuning has none": why it has none. */
  whyNone: string | null;
  availableBytes: number;
  onChoose: () => void;
}>;

/** A moment of the run: what it is, and what it leaves of the card. */
const RunCell = (props: RunCellProps): ReactElement => {
  const { at, whyNone } = props;
  return (
    <label className={`${cell.cell} ${styles.cell}`} data-dashed={props.dashed} title={whyNone ?? undefined}>
      <input
        className={cell.radio}
        type="radio"
        name={props.group}
        value={props.value}
        checked={props.checked}
        disabled={at === null}
        onChange={props.onChoose}
      />
      <span className={styles.name}>{props.name}</span>{" "}
      <span className={styles.what}>
        {props.ofBatch && <span>batch</span>} {props.what}
      </span>{" "}
      {at === null ? (
        <span className={styles.none}>none</span>
      ) : (
        <>
          <Outcome at={at} />
          {at.otherRule === null && <CellBar at={at} availableBytes={props.availableBytes} />}
        </>
      )}
    </label>
  );
};

type RunAliveProps = Readonly<{ moment: NonNullable<MethodAtMoment["moment"]>; title: string }>;

/** Everything that is alive at the highest point of a moment, by name, the largest first; the rows sum to the peak to the byte. */
const RunAlive = ({ moment, title }: RunAliveProps): ReactElement => (
  <table className={styles.alive}>
    <caption>{title}</caption>
    <thead>
      <tr>
        <th scope="col">Tensors</th>
        <th scope="col">Bytes</th>
        <th scope="col">GiB</th>
        <th scope="col">Share</th>
      </tr>
    </thead>
    <tbody>
      {moment.alive.map(({ name, bytes, term }) => (
        <tr key={name}>
          <th scope="row">
            <TermSwatch id={term} /> {term === name ? TERM_STYLE[term].label : name}
          </th>
          <td>{formatBytes(bytes)}</td>
          <td>{formatGib(bytes)}</td>
          <td>{formatPercent(bytes / moment.peakBytes)}</td>
        </tr>
      ))}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">Allocated</th>
        <td>{formatBytes(moment.peakBytes)}</td>
        <td>{formatGib(moment.peakBytes)}</td>
        <td>{formatPercent(1)}</td>
      </tr>
    </tfoot>
  </table>
);

/** Recharts comes with it. */
const runTimeline = latePart<RunTimelineProps>(async () => (await import("./RunTimeline.tsx")).RunTimeline);

type LineProps = Readonly<{ run: RunParts; part: RunPart; at: MethodAtMoment }>;

/** "the defaults of Axolotl": of whichever library trains. */
const defaultsOf = (stack: string): string => `the defaults of ${isStackId(stack) ? STACKS[stack].name : stack}`;

/** What an evaluation's defaults are, as its sentence goes on; empty for what has no batch. */
const settingsText = ({ part, run: { offered } }: LineProps): string => {
  if (part.id !== "evaluate") return "";
  return `, batch ${offered.eval} and ${offered.evalkeep === "loss" ? "loss only" : `${offered.evalkeep} kept`},`;
};

/** A part that nobody counts does not fit, and all that is counted does. */
const UncountedLine = (props: LineProps): ReactElement => {
  const { run, part, at } = props;
  const words = runPartWords(part.id);
  return (
    <div className={styles.line}>
      <p>
        <strong>{capitalized(words)} is not counted.</strong> With {defaultsOf(run.offered.stack)}
        {settingsText(props)} it needs {formatGib(Math.abs(at.card.headroomBytes))} GiB more than this card has.
      </p>
      <div className={styles.buttons}>
        {part.standing === "offered" && (
          <Button kind="quiet" size="small" onClick={() => omitRunPart(part.id)}>
            No {words}
          </Button>
        )}
        <Button size="small" onClick={() => changeChoices(patchToCount(part.id, run.offered))}>
          Count it
        </Button>
      </div>
    </div>
  );
};

/** The part that is looked at: why it takes what it takes, what it grows by, and all that is alive in it. */
const PartLine = ({ run, part, at, answer }: LineProps & Readonly<{ answer: PageAnswer }>): ReactElement => {
  const vocabulary = answer.model.architecture.vocab_size;
  const [open, setOpen] = useState(false);
  const listId = useId();
  const { moment } = at;
  const { subject, text } = runPartReason({ id: part.id, at, offered: run.offered, vocabulary });
  return (
    <>
      <div className={styles.line}>
        <p>
          <strong>{subject}</strong> {text}
        </p>
        <div className={styles.buttons}>
          {part.standing !== "counted" && (
            <Button kind="quiet" size="small" onClick={() => changeChoices(patchToCount(part.id, run.offered))}>
              Count it
            </Button>
          )}
          {moment === null ? (
            <Button size="small" onClick={() => openAliveTensors("weights")}>
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
            title={`${METHOD_NAMES[at.method].label}, ${runPartWords(part.id)} at its highest. Each tensor takes whole blocks of 512 B.`}
          />
        </div>
      )}
    </>
  );
};

/** Has bars and table draw a part of the run: each method as it is there, or as it is in its step where it has no such part. */
const useShowing = (part: RunPart | null, answer: PageAnswer): void => {
  useEffect(() => {
    if (part === null || part.id === "step") return showMoment({ name: runPartWords("step"), methods: null });
    const methods = answer.methods.map((one) => {
      const there = part.methods.find(({ method }) => method === one.method);
      return there === undefined ? one : { ...one, estimate: there.estimate, card: there.card };
    });
    return showMoment({ name: runPartWords(part.id), methods });
  }, [part, answer]);
  useEffect(() => () => showMoment(null), []);
};

type StripProps = Readonly<{ run: RunParts; answer: PageAnswer }>;

const Line = ({ run, answer, part }: StripProps & Readonly<{ part: RunPart | null }>): ReactElement | null => {
  const said = runSentence(run, part, useRunPartChoice());
  if (said === null) return null;
  if (said.isWarning) return <UncountedLine run={run} part={said.part} at={said.at} />;
  return <PartLine key={said.part.id} run={run} part={said.part} at={said.at} answer={answer} />;
};

/** Each part of the run with what it leaves of the card, and what is said of the one that is looked at. */
export const RunCells = ({ run, answer }: StripProps): ReactElement => {
  const { chosen, without } = useRunPartChoice();
  const part = useMemo(() => chosenRunPart(run, chosen), [run, chosen]);
  useShowing(part, answer);
  const group = useId();
  return (
    <div className={styles.strip}>
      <fieldset className={styles.cells}>
        <legend className={spoken.spoken}>Moment of the run that bars and table draw</legend>
        {run.parts.map((each) => (
          <RunCell
            key={each.id}
            group={group}
            value={each.id}
            name={runPartName(each.id)}
            what={runPartSubject(each, run.offered, run.focus)}
            ofBatch={showsBatch(each)}
            dashed={each.standing === "offered"}
            checked={each.id === part?.id}
            at={without.includes(each.id) ? null : methodAtRunPart(each, run)}
            whyNone={each.whyNone === null ? null : `${capitalized(runPartWords(each.id))} ${each.whyNone}`}
            availableBytes={answer.gpu.usableBytes - answer.usedBytes}
            onChoose={() => chooseRunPart(each.id)}
          />
        ))}
      </fieldset>
      <Line run={run} answer={answer} part={part} />
    </div>
  );
};
