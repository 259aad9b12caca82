import { expect, test } from "vitest";
import {
  GROUP_NAMES,
  type Price,
  PRICE_GROUPS,
  type PriceGroup,
  costOf,
  type PriceId,
  PRICES,
} from "#advice/prices.ts";

const ALL: readonly (readonly [string, Price])[] = Object.entries(PRICES);

const isPriceId = (id: string): id is PriceId => Object.hasOwn(PRICES, id);

/** Prices of a group, the cheapest first. */
const ofGroup = (group: PriceGroup): string =>
  ALL.filter(([, price]) => price.group === group)
    .toSorted(([, one], [, other]) => one.rank - other.rank)
    .map(([id]) => id)
    .join(" ");

test.each<readonly [PriceGroup, string]>([
  [
    "free",
    "evaluationBatch lossInPlace lossChunked lossFused loraKernels reentrance attention expandableSegments packing fusedOptimizer doubleQuantization savedAdapters savedShards mergeUnchecked ownReference liger evaluationArgmax precomputedReference evaluationList",
  ],
  [
    "slower",
    "checkpointing accumulation sharding pagedOptimizer evaluationMove generationSteps mergeOnHost offloadedActivations generationEachUpdate vllmSleep",
  ],
  [
    "format",
    "eightBitOptimizer pagedEightBitOptimizer adapterFormat kbitPreparation quantizedExperts teacherFormat packedReference qlora int8 stack",
  ],
  ["hardware", "moreCards largerCard otherCard"],
  [
    "learns-less",
    "evaluationLossOnly withoutBeta dora rank factoredOptimizer targets savedModules sequence lora qloraForFull int8ForFull evaluationLength",
  ],
  ["offload", "offloadedOptimizer offloadedAll"],
])("paid with %s, the cheapest first: %s", (group, ids) => expect(ofGroup(group)).toBe(ids));

test("every group has a name and a price, and a dearer group outweighs every rank", () => {
  for (const [index, group] of PRICE_GROUPS.entries()) {
    expect(GROUP_NAMES[group]).toMatch(/^[A-Z]/);
    const ids = Object.keys(PRICES).filter(isPriceId);
    const of = (name: PriceGroup | undefined) =>
      ids.filter((id) => PRICES[id].group === name).map((id) => costOf([id]));
    expect(Math.min(...of(group))).toBeGreaterThan(index === 0 ? -1 : Math.max(...of(PRICE_GROUPS[index - 1])));
  }
  expect(costOf(["evaluationBatch", "checkpointing", "qlora"])).toBe(costOf(["checkpointing"]) + costOf(["qlora"]));
});

test.each(ALL)("%s says in a sentence what it costs, and where that was read", (_, { words, source }) => {
  expect(words).toMatch(/^[A-Z0-9].{20,}\.$/);
  if (source !== null) {
    expect(source.label).not.toBe("");
    expect(new URL(source.url).protocol).toBe("https:");
  }
});

test("only another library and another card need no proof", () => {
  expect(ALL.filter(([, { source }]) => source === null).map(([id]) => id)).toEqual([
    "largerCard",
    "otherCard",
    "stack",
  ]);
});

test("papers are on arXiv by their numbers", () => {
  const papers = ALL.flatMap(([, { source }]) => (source?.label.includes("et al.") ? [source.url] : []));
  for (const url of papers) expect(url).toMatch(/^https:\/\/arxiv\.org\/abs\/\d{4}\.\d{5}$/);
});
