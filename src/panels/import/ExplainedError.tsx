// Explanation of an out-of-memory error: the failed tensor, memory at that time, and changes that help.

import { TERM_IDS, type AllocatedTermId } from "#calc/model/terms.ts";
import { type RequestBarData, RequestBar } from "#charts/RequestBar.tsx";
import { formatGib } from "#format/bytes.ts";
import { TERM_NAMES } from "#format/term-names.ts";
import type { ErrorReport, FoundTensor } from "#interop/oom/error-report.ts";
import { type ReactElement, useRef, useEffect } from "react";
import { useWidth } from "#panels/answer/use-width.ts";
import { useIsPhone } from "#ui/window.ts";
import styles from "./ExplainedError.module.css";
import { useScenario, useAnswer } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import { type Explained, openEmptyImportBox, useImportBox } from "./import-state.ts";
import { AnswerFigure } from "./ImportedLists.tsx";
import {
  undoWayOut,
  compareErrorWith,
  applyWayOut,
  showErrorText,
  showError,
  type OfError,
  useErrorReport,
} from "./error-report.ts";
import importBoxStyles from "./ImportBox.module.css";
import { formatCount } from "#format/numbers.ts";
import { parseTokens } from "#panels/scenario/scales.ts";
import { useFullCatalog } from "#scenario/page/actions.ts";
import { RANGES } from "#scenario/keys/choices.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { Select } from "#ui/Select.tsx";
import { ChangeRow } from "#panels/advice/ChangeList.tsx";
import { useIsLocked } from "#panels/scenario/locked-changes.ts";
import type { QuestionResult } from "#service/questions.ts";
import { joinWithAnd } from "#format/phrases.ts";
import { peakWords } from "#interop/oom/peak-words.ts";
import type { OomMessage } from "#interop/oom/oom-message.ts";
import { Disclosure } from "#ui/Disclosure.tsx";

/** The bar of a card at an error. */
const barOf = ({ atError, card }: Pick<ErrorReport, "atError" | "card">): RequestBarData => ({
  name: "At the error",
  terms: { ...atError.counted, framework: atError.besideBytes },
  uncountedBytes: atError.uncountedBytes,
  othersBytes: atError.othersBytes,
  requestBytes: atError.requestBytes,
  chosen: { label: card, bytes: atError.capacityBytes },
});

/** How it is read aloud: "At the error: Base weights 15.0 GiB, not known 4.2 GiB; tried 3.9 GiB more, against 23.5 GiB of RTX 4090." */
const spokenBar = (bar: RequestBarData): string => {
  const { name, terms, uncountedBytes, othersBytes, requestBytes, chosen } = bar;
  const parts = [
    ...TERM_IDS.map((id) => [TERM_NAMES[id].label, terms[id] ?? 0] as const),
    ["not known", uncountedBytes] as const,
    ["other processes", othersBytes] as const,
  ].flatMap(([label, bytes]) => (bytes > 0 ? [`${label} ${formatGib(bytes)} GiB`] : []));
  return `${name}: ${parts.join(", ")}; tried ${formatGib(requestBytes)} GiB more, against ${formatGib(chosen.bytes)} GiB of ${chosen.label}.`;
};

/** What stood on the card at the error, and the request that had no room. */
const ErrorBar = ({ report }: Readonly<{ report: ErrorReport }>): ReactElement => {
  const { ref, width } = useWidth<HTMLDivElement>();
  const shapeId = useIsPhone() ? "narrow" : "medium";
  const data: RequestBarData = barOf(report);
  return (
    <div ref={ref} className={styles.bar}>
      {width !== null && <RequestBar data={data} width={width} shapeId={shapeId} label={spokenBar(data)} />}
    </div>
  );
};

/** What the error was held against; once a way out was taken what it came to, and the way back. */
const ErrorFoot = ({ applied, close }: Pick<Explained, "applied"> & Readonly<{ close: () => void }>): ReactElement => {
  const isLast = useScenario(({ choices }) => applied !== null && choices === applied.after);
  const done = useRef<HTMLButtonElement>(null);
  const back = (): void => {
    // The button that was pressed goes.
    done.current?.focus();
    undoWayOut();
  };
  return (
    <div className={importBoxStyles.foot}>
      {applied !== null && isLast ? (
        <span>
          {applied.title}: applied. <AnswerFigure />
        </span>
      ) : (
        <span>Method, rank and all else are those of the scenario.</span>
      )}
      <span className={importBoxStyles.acts}>
        {isLast && <Button onClick={back}>Undo</Button>}
        <Button ref={done} kind="primary" onClick={close}>
          Done
        </Button>
      </span>
    </div>
  );
};

/** What stands for a model that is in no catalog. */
const OWN = "";

/** Model, batch and length of the run that the error is held against: each changes the scenario, and asks again. */
const ErrorRun = (): ReactElement => {
  useFullCatalog();
  const { model, batch, seq, lock } = useScenario(({ choices }) => choices);
  const models = useScenario(({ catalog }) => catalog.models);
  const { name } = useAnswer().model;
  const rows = Object.entries(models).map(([value, row]) => ({ value, label: row.name }));
  const own = model.kind === "catalog" ? [] : [{ value: OWN, label: name }];
  return (
    <fieldset className={styles.run}>
      <legend>The run it is held against</legend>
      <Select
        label="Model"
        locked={lock.includes("model")}
        options={[...own, ...rows]}
        value={model.kind === "catalog" ? model.id : OWN}
        onChange={(id) => id !== OWN && compareErrorWith({ model: { kind: "catalog", id } })}
      />
      <NumberField
        label="Batch"
        locked={lock.includes("batch")}
        value={batch}
        {...RANGES.batch}
        format={formatCount}
        onChange={(rowsOfBatch) => compareErrorWith({ batch: rowsOfBatch })}
      />
      <NumberField
        label="Sequence"
        locked={lock.includes("seq")}
        value={seq}
        {...RANGES.seq}
        format={formatCount}
        parse={parseTokens}
        onChange={(tokens) => compareErrorWith({ seq: tokens })}
      />
    </fieldset>
  );
};

type WaysOutProps = Readonly<{
  /** What can be done, in words. */
  change: string;
  /** null: not known yet. */
  ways: QuestionResult<"waysOut"> | null;
}>;

/** What can be done about a request, each way with what comes of it. */
const WaysOut = ({ change, ways }: WaysOutProps): ReactElement => {
  const isLocked = useIsLocked();
  const free = (ways ?? []).filter(({ patch }) => !isLocked(patch));
  return (
    <section className={styles.ways} aria-label="What to change" aria-busy={ways === null}>
      <p>{change}</p>
      {ways === null && <p className={styles.waits}>Counting what helps</p>}
      {free.length > 0 && (
        <ul>
          {free.map(({ patch, ...way }) => (
            <ChangeRow key={way.title} {...way} apply={() => applyWayOut(way.title, patch)} />
          ))}
        </ul>
      )}
    </section>
  );
};

type MessageProps = Readonly<{ shown: OomMessage["shown"]; term: AllocatedTermId | undefined }>;

/** The message with its request underlined in the colour of what it was. */
const Message = ({ shown: { before, request, after }, term }: MessageProps): ReactElement => {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => line.current?.focus(), []);
  return (
    <p ref={line} tabIndex={-1} className={styles.message}>
      {before}
      <strong style={term && { textDecorationColor: `var(--${term}-edge)` }}>{request}</strong>
      {after}
    </p>
  );
};

const Which = ({ messages, shown }: Pick<Explained, "messages" | "shown">): ReactElement | null =>
  messages.length === 1 ? null : (
    <div className={styles.which}>
      <Select
        label={`This text has ${messages.length} errors`}
        options={messages.map(({ shown: { request } }, index) => ({
          value: String(index),
          label: `Tried to allocate ${request}`,
        }))}
        value={String(shown)}
        onChange={(index) => showError(Number(index))}
      />
    </div>
  );

type Instead = NonNullable<ErrorReport["instead"]>;

type ProductProps = Readonly<{
  found: FoundTensor;
  /** The button that was pressed goes: what it led to takes the focus. */
  focusTitle: () => void;
}>;

const Product = ({ found, focusTitle }: ProductProps): ReactElement => (
  <>
    <p className={styles.product}>
      <code>{found.product}</code>, {found.closeness}
    </p>
    {found.setTo !== null && (
      <Button
        kind="link"
        onClick={() => {
          focusTitle();
          compareErrorWith(found.setTo?.patch ?? {});
        }}
      >
        {found.setTo.words}
      </Button>
    )}
  </>
);

const NotFound = ({
  instead: { where, closest, likeliest, highest },
}: Readonly<{ instead: Instead }>): ReactElement => (
  <p>
    {where} {closest} {likeliest} {peakWords(highest)} If the run was another one, say which:
  </p>
);

const Others = ({ others }: Pick<ErrorReport, "others">): ReactElement | null =>
  others.length === 0 ? null : (
    <Disclosure label={`${others.length} other ${others.length === 1 ? "candidate" : "candidates"}`} summary="">
      <ul className={styles.others}>
        {others.map(({ name, product }) => (
          <li key={`${name} ${product}`}>
            {name}
            <code>{product}</code>
          </li>
        ))}
      </ul>
    </Disclosure>
  );

/** What was given with the error, and what became of it. */
const besideNotes = ({ beside, unread }: Explained): readonly string[] => {
  if (beside !== null) return [`The run that stands beside the error was taken over. ${beside}.`];
  if (unread.length === 0) return [];
  const tell = unread.length === 1 ? "tells" : "tell";
  return [`${joinWithAnd(unread)} ${tell} of no run with a model, so the scenario is what it was.`];
};

type ExplainedErrorProps = Readonly<{ explained: Explained; close: () => void }>;

/** Which tensor an out-of-memory message was about, what stood beside it, and what to change. */
export const ExplainedError = ({ explained, close }: ExplainedErrorProps): ReactElement | null => {
  const { messages, shown, applied } = explained;
  const message = messages[shown] ?? messages[0];
  if (message === undefined) return null;
  return (
    <>
      <div className={importBoxStyles.body}>
        <Which messages={messages} shown={shown} />
        <OneError message={message} explained={explained} />
      </div>
      <ErrorFoot applied={applied} close={close} />
    </>
  );
};

type AnswerProps = Readonly<{ report: ErrorReport; ways: OfError["ways"]; explained: Explained }> &
  Pick<ProductProps, "focusTitle">;

/** All that is said of an error under its title. */
const Answer = ({ report, ways, explained, focusTitle }: AnswerProps): ReactElement => {
  const { found, instead } = report;
  const notes = [...besideNotes(explained), ...report.notes];
  return (
    <>
      {found !== null && <Product found={found} focusTitle={focusTitle} />}
      <ErrorBar report={report} />
      {found !== null && (
        <p>
          {found.where} {found.why} {found.agreement}
        </p>
      )}
      {instead !== null && <NotFound instead={instead} />}
      {notes.map((note) => (
        <p key={note} className={styles.beside}>
          {note}
        </p>
      ))}
      {found !== null && <WaysOut change={found.change} ways={ways} />}
      <Others others={report.others} />
    </>
  );
};

/** Ways on from here: to the text, which is kept as far as the field holds it, and to an empty box. */
const On = (): ReactElement => {
  const hasText = useImportBox(({ text }) => text !== "");
  return (
    <p className={styles.on}>
      {hasText && (
        <Button kind="link" onClick={showErrorText}>
          Back to the text
        </Button>
      )}
      <Button kind="link" onClick={() => openEmptyImportBox()}>
        Read something else
      </Button>
    </p>
  );
};

type OneErrorProps = Readonly<{ message: OomMessage; explained: Explained }>;

const OneError = ({ message, explained }: OneErrorProps): ReactElement => {
  const { report, ways, failed, fresh } = useErrorReport(message, explained.against);
  const title = useRef<HTMLHeadingElement>(null);
  return (
    <div className={styles.error} aria-busy={!fresh}>
      <Message shown={message.shown} term={report?.found?.term} />
      <h3 ref={title} tabIndex={-1} className={styles.title} aria-live="polite">
        {failed ?? report?.title ?? "Looking for what it was"}
      </h3>
      {report !== null && (
        <Answer report={report} ways={ways} explained={explained} focusTitle={() => title.current?.focus()} />
      )}
      <ErrorRun />
      <On />
    </div>
  );
};
