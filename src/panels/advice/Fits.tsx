import { type ReactElement, useCallback, useState } from "react";
import { type MatrixCard, matrixCards } from "#advice/matrix-cards.ts";
import { type MatrixRow, whatFits } from "#advice/what-fits.ts";
import { ensureFullCatalog } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import { useMedia } from "#ui/use-media.ts";
import { EveryCard } from "./EveryCard.tsx";
import { FitMatrix } from "./FitMatrix.tsx";
import type { AdviceProps } from "./LatePanel.tsx";
import { useFullCatalog } from "./use-full-catalog.ts";
import { narrowColumns } from "./narrow-columns.ts";
import { useSliced } from "./use-sliced.ts";

/** Columns on a phone. */
const NARROW = 4;

/** The matrix of some cards: which, and the rows. */
export type Matrix = Readonly<{ cards: readonly MatrixCard[]; rows: readonly MatrixRow[] }>;

const narrowed = ({ cards, rows }: Matrix): Matrix => {
  const columns = cards.map(({ chosen }, place) => ({
    chosen,
    fits: rows.flatMap(({ cells }) => cells[place]?.fit ?? []),
  }));
  const places = narrowColumns(columns, NARROW);
  const pick = <Of,>(all: readonly Of[]): readonly Of[] => all.filter((_, place) => places.includes(place));
  return { cards: pick(cards), rows: rows.map((row) => ({ ...row, cells: pick(row.cells) })) };
};

/** Methods by cards: a useful dozen, or every card of the catalog in a list. */
export const Fits = ({ answer }: AdviceProps): ReactElement | null => {
  const catalog = useScenario((state) => state.catalog);
  const [every, setEvery] = useState(false);
  const isNarrow = useMedia("(max-width: 719px)");
  const make = useCallback(
    function* (): Generator<void, Matrix> {
      const cards = matrixCards(answer.choices.gpu, catalog, every);
      return { cards, rows: yield* whatFits(answer, cards, catalog) };
    },
    [answer, catalog, every],
  );
  const { value: matrix, fresh } = useSliced(make);
  useFullCatalog();
  if (matrix === null) return null;
  const { batch, seq } = answer.choices;
  const showEvery = async (): Promise<void> => {
    await ensureFullCatalog();
    setEvery(true);
  };
  return (
    <div aria-busy={!fresh}>
      {every && fresh ? (
        <EveryCard matrix={matrix} batch={batch} seq={seq} />
      ) : (
        <FitMatrix matrix={isNarrow ? narrowed(matrix) : matrix} answer={answer} />
      )}
      <Button kind="link" aria-expanded={every} onClick={() => (every ? setEvery(false) : void showEvery())}>
        {every ? "A dozen GPUs" : "All GPUs of the catalog"}
      </Button>
    </div>
  );
};
