import { expect, test } from "vitest";
import { PRICES, type Price } from "#advice/prices.ts";

const ALL: readonly (readonly [string, Price])[] = Object.entries(PRICES);

const ofRank = (rank: number): readonly string[] => ALL.filter(([, price]) => price.rank === rank).map(([id]) => id);

test.each([
  [0, "lossInPlace lossChunked lossFused attention packing fusedOptimizer doubleQuantization"],
  [1, "checkpointing accumulation sharding pagedOptimizer"],
  [2, "eightBitOptimizer pagedEightBitOptimizer adapterFormat kbitPreparation"],
  [3, "offloadedActivations offloadedOptimizer offloadedAll"],
  [4, "factoredOptimizer lora qlora int8 targets rank dora savedModules"],
  [5, "stack"],
  [6, "sequence"],
])("from the same result at no cost (0) to less data (6), of rank %d are: %s", (rank, ids) =>
  expect(ofRank(rank)).toEqual(ids.split(" ")),
);

test.each(ALL)("%s says in a sentence what it costs, and where that was read", (_, { words, source }) => {
  expect(words).toMatch(/^[A-Z0-9].{20,}\.$/);
  if (source !== null) {
    expect(source.label).not.toBe("");
    expect(new URL(source.url).protocol).toBe("https:");
  }
});

test("only another library needs no proof", () => {
  expect(ALL.filter(([, { source }]) => source === null).map(([id]) => id)).toEqual(["stack"]);
});

test("papers are on arXiv by their numbers", () => {
  const papers = ALL.flatMap(([, { source }]) => (source?.label.includes("et al.") ? [source.url] : []));
  for (const url of papers) expect(url).toMatch(/^https:\/\/arxiv\.org\/abs\/\d{4}\.\d{5}$/);
});
