import { ARTICLE_MEMORY } from "#advice/article/memory.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

type Peaks = Readonly<Partial<Record<MethodId, number>>>;

/** Peaks of the article's sizes, in its order: by its own rule, and as training steps of this batch and length. */
export type ArticlePeaks = Readonly<{
  batch: number;
  seq: number;
  rows: readonly Readonly<{ rule: Peaks; step: Peaks }>[];
}>;

const peaksOf = (choices: Choices, catalog: Catalog): Peaks =>
  Object.fromEntries(toAnswer(choices, catalog).methods.map(({ method, estimate }) => [method, estimate.peakBytes]));

/**
 * The article's sizes by its own rule, and as training steps at this batch and length with the default stack.
 *
 * @yields after each size
 */
export function* articlePeaks(
  { batch, seq }: Readonly<{ batch: number; seq: number }>,
  catalog: Catalog,
): Generator<void, ArticlePeaks> {
  const rows: ArticlePeaks["rows"][number][] = [];
  for (const { params } of ARTICLE_MEMORY) {
    yield;
    const choices: Choices = { ...DEFAULT_CHOICES, model: { kind: "size", params } };
    rows.push({
      rule: peaksOf({ ...choices, stack: "article" }, catalog),
      step: peaksOf({ ...choices, batch, seq }, catalog),
    });
  }
  return { batch, seq, rows };
}
