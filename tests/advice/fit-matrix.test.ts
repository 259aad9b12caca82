import { decodeLink } from "#scenario/choices/decode-link.ts";
import { expect, test } from "vitest";
import { numbersOf, matrixRows } from "#advice/fit-matrix.ts";
import { matrixCards } from "#advice/matrix-gpus.ts";
import { runToEnd } from "#advice/trial.ts";
import { fewestChosenGpus } from "#advice/verdict.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const fitOf = (choices: Choices, method: Choices["method"]) =>
  toAnswer({ ...choices, show: [method] }, FULL_CATALOG).methods[0]?.card;

/** The last goes, the next does not. */
const LAST = [true, false];

test.each([
  "?v=1&batch=2&seq=4096",
  "?v=1&model=gemma-2-9b&attn=eager&ckpt=0&packing=0",
  "?v=1&model=qwen3-30b-a3b&stack=trl&used=2",
  "?v=1&model=qwen2.5-14b&gpus=4&loss=fused",
  "?v=1&gpu=gb10&gpus=2&offload=all",
  "?v=1&gpu=gb10&stack=unsloth&seq=8192",
])(
  "every cell of %s says what the scenario on that card says, and its batch and length are the last that fit",
  (link) => {
    const { value } = decodeLink(link, FULL_CATALOG);
    const cards = matrixCards(value.gpu, FULL_CATALOG, false);
    const rows = runToEnd(matrixRows(toAnswer(value, FULL_CATALOG), cards, FULL_CATALOG));
    expect(rows.map(({ method }) => method)).toEqual(value.show);
    for (const { method, cells } of rows) {
      expect(cells).toHaveLength(cards.length);
      cells.forEach(({ maxBatch, maxSequence, several, ...card }, index) => {
        const there = { ...value, gpu: cards[index]?.gpu ?? value.gpu };
        expect(card).toEqual(fitOf(there, method));
        const run = toAnswer({ ...there, show: [method] }, FULL_CATALOG).methods[0];
        const nextOf = (of: "batch" | "seq", value: number): number => {
          const numbers = run && numbersOf(run)[of];
          if (numbers === undefined) throw new Error("the method is shown");
          const { at, countTo, isStepped } = numbers;
          return isStepped ? value + 1 : at(countTo(value) + 1);
        };
        const isWithin = (patch: Partial<Choices>): boolean => fitOf({ ...there, ...patch }, method)?.fit !== "over";
        if (several !== null) {
          expect(maxBatch.value).toBeNull();
          expect(isWithin({ gpus: several, shard: null })).toBe(true);
        }
        if (maxBatch.value === null) expect(isWithin({ batch: 1 })).toBe(false);
        else
          expect([maxBatch.value, nextOf("batch", maxBatch.value)].map((batch) => isWithin({ batch }))).toEqual(LAST);
        if (maxSequence.value === null) expect(isWithin({ seq: 1 })).toBe(false);
        else if (!maxSequence.capped)
          expect([maxSequence.value, nextOf("seq", maxSequence.value)].map((seq) => isWithin({ seq }))).toEqual(LAST);
      });
    }
  },
);

test("what one card casts to fp32 and ranks do not is no reason to name more cards", () => {
  const { value } = decodeLink("?v=1&model=mixtral-8x7b&gpu=h100-sxm&method=qlora&show=qlora", FULL_CATALOG);
  const cards = matrixCards(value.gpu, FULL_CATALOG, false);
  const [row] = runToEnd(matrixRows(toAnswer(value, FULL_CATALOG), cards, FULL_CATALOG));
  expect(row?.cells[cards.findIndex((card) => card.chosen)]?.several).toBe(2);
});

test("where not even a micro batch of 1 fits, a cell says how many of the card hold it together, as the verdict does", () => {
  const { value } = decodeLink("?v=1&model=llama-3.1-70b&gpu=h100-sxm&method=full&show=full", FULL_CATALOG);
  const answer = toAnswer(value, FULL_CATALOG);
  const cards = matrixCards(value.gpu, FULL_CATALOG, false);
  const [row] = runToEnd(matrixRows(answer, cards, FULL_CATALOG));
  const chosen = row?.cells[cards.findIndex((card) => card.chosen)];
  const onCardBytes = answer.methods[0]?.estimate.onCardBytes ?? 0;
  expect(fewestChosenGpus(value, { method: "full", onCardBytes }, FULL_CATALOG)).toMatch(`${chosen?.several}\u00a0×`);
  // What every card holds whole is more than the smallest has, however many there are.
  const smallest = row?.cells[0];
  expect(smallest).toMatchObject({ fit: "over", several: null });
  expect(row?.cells.every(({ several, maxBatch }) => several === null || maxBatch.value === null)).toBe(true);
});

test("the cards are a dozen or so by size, the chosen one among them; or the whole catalog", () => {
  const dozen = matrixCards({ kind: "custom", memoryBytes: 20e9, unit: "GB" }, FULL_CATALOG, false);
  expect(dozen).toHaveLength(13);
  expect(dozen.filter(({ chosen }) => chosen).map(({ shortName }) => shortName)).toEqual(["20 GB"]);
  expect(dozen.map(({ usableBytes }) => usableBytes)).toEqual(
    dozen.map(({ usableBytes }) => usableBytes).toSorted((one, other) => one - other),
  );
  const all = matrixCards({ kind: "catalog", id: "rtx-4090" }, FULL_CATALOG, true);
  expect(all).toHaveLength(Object.keys(FULL_CATALOG.gpus).length);
});
