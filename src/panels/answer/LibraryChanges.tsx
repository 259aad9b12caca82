// Differences in memory between training libraries for the current scenario.

import { type ReactElement, useCallback, useMemo, useState } from "react";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import type { StackDifference } from "#advice/library-differences.ts";
import { STACK_NOTES } from "#catalog/stack-notes.ts";
import { STACK_IDS, type StackId, STACKS } from "#catalog/stacks.ts";
import { formatBytes, formatGib, formatSignedGib } from "#format/bytes.ts";
import { uncapitalized } from "#format/phrases.ts";
import { WORDS } from "#scenario/words/key-words.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import type { LibraryRun } from "#service/answers/library-runs.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { Button } from "#ui/Button.tsx";
import { Disclosure } from "#ui/Disclosure.tsx";
import { focusedMethod } from "#scenario/choices/answer.ts";
import styles from "./LibraryChanges.module.css";
import { useVisibilityReport, useAnswerDetails } from "./use-settled-answer.ts";

const NBSP = "\u00a0";
/** What every library is held against. */
const PLAIN: StackId = "transformers";

/** The choices that are null while the library decides them. */
const OWN = ["weights", "grads", "states", "adapters", "autocast", "kbit", "attn", "loss", "optim"] as const;

const Row = ({ label, from, to, bytes }: StackDifference): ReactElement => (
  <tr>
    <th scope="row">{label}</th>
    <td>
      {from} <span aria-label="becomes">→</span> {to}
    </td>
    <td className={styles.figure} title={formatBytes(bytes)}>
      {formatSignedGib(bytes)}
    </td>
  </tr>
);

type DifferencesProps = Readonly<{
  plain: LibraryRun;
  run: LibraryRun;
  name: string;
  onShown: (shown: boolean) => void;
}>;

/** What a library does otherwise, which is asked for while it is shown. */
const Differences = ({ plain, run, name, onShown }: DifferencesProps): ReactElement | null => {
  useVisibilityReport(onShown);
  const { differences } = run;
  if (differences === null) return null;
  if (differences.length === 0)
    return (
      <p>
        No difference in this run: {name} does everything as {STACKS[PLAIN].name} does.
      </p>
    );
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">PyTorch peak, GiB</th>
          <th scope="col">
            {STACKS[PLAIN].name} → {name}
          </th>
          <td className={styles.figure}>{formatGib(plain.peakBytes)}</td>
        </tr>
      </thead>
      <tbody>
        {differences.map((difference) => (
          <Row key={difference.label} {...difference} />
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{name}</th>
          <td>{formatBytes(run.peakBytes)}</td>
          <td className={styles.figure}>{formatGib(run.peakBytes)}</td>
        </tr>
      </tfoot>
    </table>
  );
};

const Sources = ({ stack }: Readonly<{ stack: StackId }>): ReactElement => (
  <ul className={styles.sources}>
    {STACK_NOTES[stack].source.map(({ label, url }) => (
      <li key={label}>
        {url === null ? (
          label
        ) : (
          <a href={url} target="_blank" rel="noopener noreferrer">
            {label}
          </a>
        )}
      </li>
    ))}
  </ul>
);

const totalText = (run: LibraryRun, plain: LibraryRun): string => {
  const total = `${formatGib(run.peakBytes)}${NBSP}GiB`;
  return run === plain ? total : `${total}, ${formatSignedGib(run.peakBytes - plain.peakBytes)}`;
};

type LibraryProps = Readonly<{
  stack: StackId;
  run: LibraryRun;
  plain: LibraryRun;
  chosen: boolean;
  onShown: (stack: StackId, shown: boolean) => void;
}>;

const Library = ({ stack, run, plain, chosen, onShown }: LibraryProps): ReactElement => {
  const say = useCallback((shown: boolean) => onShown(stack, shown), [stack, onShown]);
  const { name } = STACKS[stack];
  const { summary, versions } = STACK_NOTES[stack];
  return (
    <Disclosure label={chosen ? `${name}, chosen` : name} summary={totalText(run, plain)} defaultOpen={chosen}>
      <div className={styles.library}>
        <p>
          {summary} {versions}.
        </p>
        {stack === PLAIN ? (
          <p>The others are compared with this one.</p>
        ) : (
          <Differences plain={plain} run={run} name={name} onShown={say} />
        )}
        <Sources stack={stack} />
        {!chosen && (
          <Button size="small" onClick={() => changeChoices({ stack })}>
            Use {name}
          </Button>
        )}
      </div>
    </Disclosure>
  );
};

/**
 * The same run in each training library: its PyTorch peak, what it does otherwise than plain Transformers, how many bytes each of that makes, and where
 * that was read. Computed by running the engine for each.
 */
export const LibraryChanges = ({ answer }: Readonly<{ answer: PageAnswer }>): ReactElement | null => {
  const [opened, setOpened] = useState<readonly StackId[]>([]);
  const onShown = useCallback(
    (stack: StackId, shown: boolean) =>
      setOpened((before) => [...before.filter((each) => each !== stack), ...(shown ? [stack] : [])]),
    [],
  );
  const asked = useMemo(() => ({ choices: answer.choices, opened }), [answer.choices, opened]);
  const told = useAnswerDetails(answer, "libraries", asked);
  const focus = told && focusedMethod(told.answer);
  const plain = told?.given[PLAIN];
  if (told === null || focus === null || plain === undefined) return null;
  const { choices } = told.answer;
  const own = OWN.filter((field) => choices[field] !== null);
  return (
    <div>
      <p className={styles.note}>
        {METHOD_NAMES[focus.method].label}, this model, batch and length, with each library’s own defaults. Differences
        are taken one at a time, each on top of those above it, so that they add up; where another moment decides the
        peak a difference may be zero.
        {own.length > 0 &&
          ` What you set yourself stays in every row: ${own.map((field) => uncapitalized(WORDS[field].label)).join(", ")}.`}
      </p>
      {STACK_IDS.map((stack) => {
        const run = told.given[stack];
        return run === undefined ? null : (
          <Library
            key={stack}
            stack={stack}
            run={run}
            plain={plain}
            chosen={stack === choices.stack}
            onShown={onShown}
          />
        );
      })}
    </div>
  );
};
