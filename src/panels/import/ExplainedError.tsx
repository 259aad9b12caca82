import { type ReactElement, useEffect, useRef } from "react";
import type { AllocatedTermId } from "#calc/model/term.ts";
import { listed } from "#format/listed.ts";
import type { ErrorReport, FoundTensor } from "#interop/oom/error-report.ts";
import { highestWords } from "#interop/oom/highest-words.ts";
import type { OomMessage } from "#interop/oom/read-oom.ts";
import { Button } from "#ui/Button.tsx";
import { Disclosure } from "#ui/Disclosure.tsx";
import { Select } from "#ui/Select.tsx";
import { type Explained, openEmptyBox, useBox } from "./box.ts";
import { ErrorBar } from "./ErrorBar.tsx";
import { ErrorFoot } from "./ErrorFoot.tsx";
import { ErrorRun } from "./ErrorRun.tsx";
import styles from "./ExplainedError.module.css";
import { backToText, holdAgainst, showError } from "./explain-again.ts";
import box from "./ImportBox.module.css";
import { type OfError, useErrorReport } from "./use-error-report.ts";
import { WaysOut } from "./WaysOut.tsx";

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
          holdAgainst(found.setTo?.patch ?? {});
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
    {where} {closest} {likeliest} {highestWords(highest)} If the run was another one, say which:
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
  return [`${listed(unread)} ${tell} of no run with a model, so the scenario is what it was.`];
};

type ExplainedErrorProps = Readonly<{ explained: Explained; close: () => void }>;

/** Which tensor an out-of-memory message was about, what stood beside it, and what to change. */
export const ExplainedError = ({ explained, close }: ExplainedErrorProps): ReactElement | null => {
  const { messages, shown, applied } = explained;
  const message = messages[shown] ?? messages[0];
  if (message === undefined) return null;
  return (
    <>
      <div className={box.body}>
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
  const hasText = useBox(({ text }) => text !== "");
  return (
    <p className={styles.on}>
      {hasText && (
        <Button kind="link" onClick={backToText}>
          Back to the text
        </Button>
      )}
      <Button kind="link" onClick={() => openEmptyBox()}>
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
