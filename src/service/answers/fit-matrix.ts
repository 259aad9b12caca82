import { type MatrixCard, matrixCards } from "#advice/matrix-cards.ts";
import { type MatrixRow, whatFits } from "#advice/what-fits.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/** Methods by cards: which cards, a row a method, and the batch and length that the cells are about. */
export type Matrix = Pick<Choices, "batch" | "seq"> &
  Readonly<{ cards: readonly MatrixCard[]; rows: readonly MatrixRow[] }>;

/**
 * Which method fits on which card: a useful dozen, or every card of the catalog.
 *
 * @yields after each cell
 */
export function* fitMatrix(
  { choices, every }: Readonly<{ choices: Choices; every: boolean }>,
  catalog: Catalog,
): Generator<void, Matrix> {
  const { batch, seq, gpu } = choices;
  const cards = matrixCards(gpu, catalog, every);
  return { batch, seq, cards, rows: yield* whatFits(toAnswer(choices, catalog), cards, catalog) };
}
