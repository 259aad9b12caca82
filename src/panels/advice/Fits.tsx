// Table of methods by GPUs: free or missing GiB, the largest batch and the longest sequence.

import { type ReactElement, useId, useState, useMemo } from "react";
import type { Largest } from "#advice/largest-search.ts";
import type { MatrixCell as Cell } from "#advice/fit-matrix.ts";
import type { MatrixCard } from "#advice/matrix-gpus.ts";
import { FIT_WORDS, SpokenFit, StatusIcon } from "#panels/answer/FitStatus.tsx";
import fits from "#charts/fit.module.css";
import spoken from "#ui/spoken.module.css";
import { formatSignedGib } from "#format/bytes.ts";
import { formatCount, EN_DASH } from "#format/numbers.ts";
import styles from "./Fits.module.css";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { useLocked } from "#panels/scenario/control-state.ts";
import { changeChoices, ensureFullCatalog, useFullCatalog } from "#scenario/page/actions.ts";
import type { Matrix } from "#service/answers/fit-options.ts";
import { Button } from "#ui/Button.tsx";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { useAdvice } from "./use-advice.ts";
import type { Fit } from "#calc/model/memory-estimate.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import { usePrinting, useIsPhone } from "#ui/window.ts";
import type { AdviceProps } from "./AdvicePanels.tsx";

type MatrixCellProps = Readonly<{ cell: Cell; batch: number; seq: number }>;

/** "3 × 4,096": rows by tokens; a plus where the control ends before the card does. */
const sizeText = ({ value, capped }: Largest, text: (value: number) => string): string =>
  value === null ? EN_DASH : `${text(value)}${capped ? "+" : ""}`;

const rowsBy = (rows: number, tokens: number): string => `${formatCount(rows)} × ${formatCount(tokens)}`;

/** Spare or missing GiB, or that it cannot run; then the largest batch, or how many of the card it takes, and the longest sequence that still fit. */
const MatrixCell = ({ cell, batch, seq }: MatrixCellProps): ReactElement => {
  const { fit, headroomBytes, cannotRun, maxBatch, maxSequence, several } = cell;
  if (cannotRun !== null)
    return (
      <span className={`${styles.margin} ${fits[fit]}`} title={cannotRun}>
        <StatusIcon fit={fit} />
        {FIT_WORDS[fit]}
        <span className={spoken.spoken}>: {cannotRun}</span>
      </span>
    );
  return (
    <>
      <span className={`${styles.margin} ${fits[fit]}`}>
        <SpokenFit fit={fit} />
        {formatSignedGib(headroomBytes)}
      </span>
      <span className={styles.size}>
        {several === null ? (
          <>
            <span className={spoken.spoken}>largest batch </span>
            {sizeText(maxBatch, (rows) => rowsBy(rows, seq))}
          </>
        ) : (
          <>
            <span className={spoken.spoken}>it takes </span>
            {formatCount(several)} ×<span className={spoken.spoken}> this card</span>
          </>
        )}
      </span>
      <span className={styles.size}>
        <span className={spoken.spoken}>longest sequence </span>
        {sizeText(maxSequence, (tokens) => rowsBy(batch, tokens))}
      </span>
    </>
  );
};

/** Every card of the catalog in a list, smallest first, with the methods beside; words of a name find some of them. */
const EveryCard = ({ matrix: { cards, rows, batch, seq } }: Readonly<{ matrix: Matrix }>): ReactElement => {
  const [query, setQuery] = useState("");
  const id = useId();
  const locked = useLocked("gpu");
  const words = query.toLowerCase().split(/\s+/);
  const found = cards
    .map((card, index) => ({ card, index, name: `${card.shortName}, ${Math.round(card.memoryGb)} GB` }))
    .filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  return (
    <>
      <label htmlFor={id}>Find a GPU</label>{" "}
      <input
        id={id}
        className={styles.query}
        type="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <output>
        {" "}
        {found.length} of {cards.length}, smallest first
      </output>
      <section className={`${styles.scroll} ${styles.every}`} aria-label="Every GPU by methods" tabIndex={0}>
        <table className={styles.matrix}>
          <thead>
            <tr>
              <th scope="col">GPU</th>
              {rows.map(({ method }) => (
                <th key={method} scope="col">
                  {METHOD_NAMES[method].label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.map(({ card, index, name }) => (
              <tr key={card.gpu.kind === "catalog" ? card.gpu.id : name}>
                <th scope="row">
                  <Button
                    kind="link"
                    aria-pressed={card.chosen}
                    disabled={locked}
                    title="Choose this GPU"
                    onClick={() => changeChoices({ gpu: card.gpu })}
                  >
                    {name}
                  </Button>
                </th>
                {rows.map(({ method, cells }) => {
                  const cell = cells[index];
                  return (
                    <td key={method}>{cell !== undefined && <MatrixCell cell={cell} batch={batch} seq={seq} />}</td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
};

const sizeOnBox = (memoryGb: number): string => `${Math.round(memoryGb)}\u00a0GB`;

const Heading = ({ card: { gpu, shortName, memoryGb, chosen } }: Readonly<{ card: MatrixCard }>): ReactElement => (
  <th scope="col" className={chosen ? styles.chosen : undefined}>
    <button
      type="button"
      className={styles.pick}
      aria-pressed={chosen}
      disabled={useLocked("gpu")}
      title="Choose this GPU"
      onClick={() => changeChoices({ gpu })}
    >
      <strong>{sizeOnBox(memoryGb)}</strong> {shortName}
    </button>
  </th>
);

const cardsText = ({
  gpus,
  memoryGb,
  shortName,
}: Readonly<{ gpus: number; memoryGb: number; shortName: string }>): string =>
  `${gpus > 1 ? `${gpus}\u00a0×\u00a0` : ""}${sizeOnBox(memoryGb)}, ${shortName}`;

/** The smallest card of a method, and how many: "from 32 GB, RTX 5090". */
const Smallest = ({ answer, method }: Readonly<{ answer: Answer; method: MethodId }>): ReactElement => {
  const { advice, fresh } = useAdvice(answer);
  const found = advice?.smallestCards.find((card) => card.method === method)?.found;
  if (!fresh || found === undefined) return <> </>;
  return (
    <>
      {found === null ? "no card is enough" : `${found.fit === "tight" ? "may not fit" : "from"} ${cardsText(found)}`}
    </>
  );
};

/** Which method fits on which card, as a table: a row a method, a column a card, smallest first. */
const FitMatrix = ({
  matrix: { cards, rows, batch, seq },
  answer,
}: Readonly<{ matrix: Matrix; answer: Answer }>): ReactElement => (
  <section className={styles.scroll} aria-label="Methods by GPUs" tabIndex={0}>
    <table className={styles.matrix}>
      <thead>
        <tr>
          <th scope="col">Method</th>
          {cards.map((card) => (
            <Heading key={`${card.shortName} ${card.memoryGb}`} card={card} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ method, cells }) => (
          <tr key={method}>
            <th scope="row">
              <strong>{METHOD_NAMES[method].label}</strong>
              <span className={styles.size}>
                <Smallest answer={answer} method={method} />
              </span>
            </th>
            {cells.map((cell, index) => (
              <td
                key={`${cards[index]?.shortName} ${cards[index]?.memoryGb}`}
                className={cards[index]?.chosen ? styles.chosen : undefined}
              >
                <MatrixCell cell={cell} batch={batch} seq={seq} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

/** A column of the matrix, as far as choosing columns goes. */
type Column = Readonly<{ chosen: boolean; fits: readonly Fit[] }>;

const outcomeOf = (column: Column): string => column.fits.join();

/**
 * The columns that a phone has room for: the chosen card, then the nearest ones on which the outcome of some method is another, then the nearest of all. In
 * their order.
 *
 * @param room how many
 * @returns indices of columns
 */
export const narrowColumns = (columns: readonly Column[], room: number): readonly number[] => {
  const chosen = Math.max(
    0,
    columns.findIndex((column) => column.chosen),
  );
  const indices = columns.map((_, index) => index);
  const near = indices.toSorted((one, other) => Math.abs(one - chosen) - Math.abs(other - chosen));
  const kept: number[] = [];
  const known = new Set<string>();
  for (const index of near) {
    const outcome = outcomeOf(columns[index] as Column);
    if (!known.has(outcome)) kept.push(index);
    known.add(outcome);
  }
  return [...new Set([chosen, ...kept, ...near])].slice(0, room).toSorted((one, other) => one - other);
};

/** Columns on a phone, and on paper. */
const NARROW = 4;
const PAPER = 6;

const narrowed = ({ cards, rows, ...at }: Matrix, most: number): Matrix => {
  const columns = cards.map(({ chosen }, index) => ({
    chosen,
    fits: rows.flatMap(({ cells }) => cells[index]?.fit ?? []),
  }));
  const indices = narrowColumns(columns, most);
  const pick = <Of,>(all: readonly Of[]): readonly Of[] => all.filter((_, index) => indices.includes(index));
  return { ...at, cards: pick(cards), rows: rows.map((row) => ({ ...row, cells: pick(row.cells) })) };
};

/** Methods by cards: a useful dozen, or every card of the catalog in a list. */
export const Fits = ({ answer }: AdviceProps): ReactElement => {
  const [every, setEvery] = useState(false);
  const isPhone = useIsPhone();
  const isPrinting = usePrinting();
  const narrow = isPhone ? NARROW : Infinity;
  const { choices } = answer;
  const asked = useMemo(() => ({ choices, every }), [choices, every]);
  const { value: matrix, fresh } = useEngineAnswer("matrix", asked);
  useFullCatalog();
  if (matrix === null)
    return (
      <p className={styles.waiting} aria-busy="true">
        <span>Checking every method on every GPU…</span>
      </p>
    );
  const showEvery = async (): Promise<void> => {
    await ensureFullCatalog();
    setEvery(true);
  };
  return (
    <div aria-busy={!fresh}>
      {every && fresh ? (
        <EveryCard matrix={matrix} />
      ) : (
        <FitMatrix matrix={narrowed(matrix, isPrinting ? PAPER : narrow)} answer={answer} />
      )}
      <Button kind="link" aria-expanded={every} onClick={() => (every ? setEvery(false) : void showEvery())}>
        {every ? "A dozen GPUs" : "All GPUs of the catalog"}
      </Button>
    </div>
  );
};
