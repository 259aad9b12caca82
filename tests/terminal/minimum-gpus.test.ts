import { decodeLink } from "#scenario/choices/decode-link.ts";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { MINIMUM_GPUS_OF_SIZES } from "#catalog/minimum-gpus.ts";
import { minimumGpusLink } from "#panels/advice/MinimumGpus.tsx";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { minimumGpusFiles } from "../../tools/terminal/minimum-gpus.ts";

describe("How many GPUs it takes", () => {
  test("is in page and document what the engine says now: otherwise run npm run minimum-gpus", () => {
    const files = minimumGpusFiles();
    expect(Object.keys(files)).toEqual(["src/catalog/minimum-gpus.json", "docs/minimum-gpus.md"]);
    for (const [path, text] of Object.entries(files)) expect(text === readFileSync(path, "utf8"), path).toBe(true);
  });
});

const { cards, sizes } = MINIMUM_GPUS_OF_SIZES;
/** Cells of up to eight cards: beyond that machines are added whole. */
const cells = sizes
  .slice(0, 2)
  .flatMap(({ id, runs }) =>
    runs.flatMap((run) =>
      run.cells.flatMap((cell, index) =>
        cell === null || cell.gpus > 8 ? [] : [{ model: id, run, card: cards[index]?.id ?? "", ...cell }],
      ),
    ),
  );

test.each(cells)("$model, $run.method with $run.stack goes on $gpus × $card, and not on one fewer", (cell) => {
  const { value, issues } = decodeLink(minimumGpusLink(cell), FULL_CATALOG);
  const on = (gpus: number) => toAnswer({ ...value, show: [value.method], gpus }, FULL_CATALOG).methods[0];
  expect(issues).toEqual([]);
  expect(on(cell.gpus)?.estimate.onCardBytes).toBe(cell.onCardBytes);
  expect(on(cell.gpus)?.card.fit).toBe(cell.fit);
  expect(cell.gpus === 1 || on(cell.gpus - 1)?.card.fit === "over").toBe(true);
});
