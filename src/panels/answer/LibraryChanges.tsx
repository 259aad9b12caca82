import { type ReactElement, useMemo } from "react";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { type StackDifference, stackDifferences } from "#advice/stack-differences.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { STACK_NOTES } from "#catalog/stack-notes.ts";
import { type StackId, STACKS } from "#catalog/stacks.ts";
import { formatBytes, formatGib, formatSignedGib } from "#format/bytes.ts";

import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { change } from "#scenario/page/actions.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { Button } from "#ui/Button.tsx";
import { Disclosure } from "#ui/Disclosure.tsx";
import styles from "./LibraryChanges.module.css";

const NBSP = "\u00a0";
/** What every library is held against. */
const PLAIN: StackId = "transformers";
// Object.keys of a record with a closed set of keys gives those keys; its type cannot say so.
const STACK_IDS = Object.keys(STACKS) as StackId[];

/** The choices that are null while the library decides them. */
const OWN = ["weights", "grads", "states", "adapters", "autocast", "kbit", "attn", "loss", "optim"] as const;

type Runs = Readonly<Record<StackId, MethodAnswer | null>>;

/** The same run in every library: what the reader set by hand stays. */
const runsOf = (choices: Choices, method: MethodAnswer["method"], catalog: Catalog): Runs =>
  Object.fromEntries(
    STACK_IDS.map((stack) => [
      stack,
      toAnswer({ ...choices, stack, method, show: [method] }, catalog).methods[0] ?? null,
    ]),
  ) as Runs;

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

const Differences = ({
  plain,
  run,
  name,
}: Readonly<{ plain: MethodAnswer; run: MethodAnswer; name: string }>): ReactElement => {
  const differences = useMemo(() => stackDifferences(plain.scenario, run.scenario), [plain, run]);
  if (differences.length === 0)
    return (
      <p>
        Nothing that this run meets: {name} does all of it as {STACKS[PLAIN].name} does.
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
          <td className={styles.figure}>{formatGib(plain.estimate.peakBytes)}</td>
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
          <td>{formatBytes(run.estimate.peakBytes)}</td>
          <td className={styles.figure}>{formatGib(run.estimate.peakBytes)}</td>
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

const totalText = ({ estimate }: MethodAnswer, plain: MethodAnswer): string =>
  estimate === plain.estimate
    ? `${formatGib(estimate.peakBytes)}${NBSP}GiB`
    : `${formatGib(estimate.peakBytes)}${NBSP}GiB, ${formatSignedGib(estimate.peakBytes - plain.estimate.peakBytes)}`;

type LibraryProps = Readonly<{ stack: StackId; run: MethodAnswer; plain: MethodAnswer; chosen: boolean }>;

const Library = ({ stack, run, plain, chosen }: LibraryProps): ReactElement => {
  const { name } = STACKS[stack];
  const { summary, versions } = STACK_NOTES[stack];
  return (
    <Disclosure label={chosen ? `${name}, chosen` : name} summary={totalText(run, plain)} defaultOpen={chosen}>
      <div className={styles.library}>
        <p>
          {summary} {versions}.
        </p>
        {stack === PLAIN ? (
          <p>The others are held against this one.</p>
        ) : (
          <Differences plain={plain} run={run} name={name} />
        )}
        <Sources stack={stack} />
        {!chosen && (
          <Button size="small" onClick={() => change({ stack })}>
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
export const LibraryChanges = ({
  answer,
  focus,
}: Readonly<{ answer: Answer; focus: MethodAnswer }>): ReactElement | null => {
  const catalog = useScenario((state) => state.catalog);
  const { choices } = answer;
  const runs = useMemo(() => runsOf(choices, focus.method, catalog), [choices, focus.method, catalog]);
  const plain = runs[PLAIN];
  if (plain === null) return null;
  const own = OWN.filter((field) => choices[field] !== null);
  return (
    <div>
      <p className={styles.note}>
        {METHOD_NAMES[focus.method].label}, this model, batch and length, with each library’s own defaults. Differences
        are taken one at a time, each on top of those above it, so that they add up; where another moment decides the
        peak a difference may be zero.
        {own.length > 0 && ` What you set yourself stays in every row: ${own.join(", ")}.`}
      </p>
      {STACK_IDS.map((stack) => {
        const run = runs[stack];
        return run === null ? null : (
          <Library key={stack} stack={stack} run={run} plain={plain} chosen={stack === choices.stack} />
        );
      })}
    </div>
  );
};
