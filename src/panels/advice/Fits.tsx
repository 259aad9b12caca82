import { type ReactElement, useMemo, useState } from "react";
import { ensureFullCatalog } from "#scenario/page/actions.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { Matrix } from "#service/answers/fit-matrix.ts";
import { usePrinting } from "#panels/answer/use-printing.ts";
import { Button } from "#ui/Button.tsx";
import { useIsPhone } from "#ui/use-is-phone.ts";
import { EveryCard } from "./EveryCard.tsx";
import { FitMatrix } from "./FitMatrix.tsx";
import styles from "./Fits.module.css";
import type { AdviceProps } from "./LatePanel.tsx";
import { useFullCatalog } from "./use-full-catalog.ts";
import { narrowColumns } from "./narrow-columns.ts";

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
  const { value: matrix, fresh } = useAsked("matrix", asked);
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
