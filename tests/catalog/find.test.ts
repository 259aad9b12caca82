import { describe, expect, test } from "vitest";
import { editDistance, findGpus, nearestGpus, findModels, nearestModels } from "#catalog/search.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";

const models = (query: string): readonly string[] => findModels(FULL_CATALOG, query).map(({ id }) => id);
const gpus = (query: string): readonly string[] => findGpus(FULL_CATALOG, query).map(({ id }) => id);

describe("a model", () => {
  test.each(Object.entries(FULL_CATALOG.models))(
    "%s is the first that its own name, id and repository find",
    (id, row) => {
      expect(models(row.name)[0]).toBe(id);
      expect(models(id)[0]).toBe(id);
      expect(models(row.hf_repo).slice(0, 3)).toContain(id);
    },
  );

  test.each([
    ["llama 8", "llama-3.1-8b"],
    ["8b llama", "llama-3.1-8b"],
    ["Llama-3.1-8B-Instruct", "llama-3.1-8b"],
    ["qwen 7b instruct", "qwen2.5-7b"],
    ["mistral", "mistral-7b-v0.3"],
    ["phi 4", "phi-4"],
    ["gpt 2", "gpt2"],
    ["deepseek v3", "deepseek-v3"],
    ["mixtral", "mixtral-8x7b"],
  ])("is found by what people type: %s", (query, id) => {
    expect(models(query)[0]).toBe(id);
  });

  test("is not found by a word that it does not have", () => {
    expect(models("llama 9999b")).toEqual([]);
    expect(models("!!!")).toEqual([]);
  });
});

describe("a GPU", () => {
  test.each(Object.entries(FULL_CATALOG.gpus))(
    "%s is the first that its own name, short name and id find",
    (id, row) => {
      expect(gpus(row.name)[0]).toBe(id);
      expect(gpus(row.shortName)[0]).toBe(id);
      expect(gpus(id)[0]).toBe(id);
    },
  );

  test.each([
    ["4090", "rtx-4090"],
    ["a100 80", "a100-80gb-sxm"],
    ["a100", "a100-40gb-sxm"],
    ["h100", "h100-sxm"],
    ["3090", "rtx-3090"],
    ["m3 max 64", "apple-m3-max-64gb"],
    ["rtx 4060", "rtx-4060"],
    ["mi300x", "mi300x"],
    ["a100-80gb mig 3g", "a100-80gb-mig-3g-40gb"],
    ["h100 1g.10gb", "h100-mig-1g-10gb"],
    ["h100 80gb", "h100-sxm"],
    ["a100-80gb", "a100-80gb-sxm"],
    ["a100 40", "a100-40gb-sxm"],
    ["b200", "b200"],
    ["h200", "h200-sxm"],
    ["a30", "a30"],
    ["nvidia t4", "t4"],
  ])("is found by what people type: %s", (query, id) => {
    expect(gpus(query)[0]).toBe(id);
  });
});

test("without a query, the popular rows come first", () => {
  expect(models("").slice(0, 12)).toEqual(Object.keys(POPULAR_CATALOG.models));
  expect(gpus(" ").slice(0, 15)).toEqual(Object.keys(POPULAR_CATALOG.gpus));
  expect(models("").toSorted()).toEqual(Object.keys(FULL_CATALOG.models).toSorted());
  expect(gpus("").toSorted()).toEqual(Object.keys(FULL_CATALOG.gpus).toSorted());
});

test("only popular rows are found while only they are loaded", () => {
  const found = findModels(POPULAR_CATALOG, "llama").map(({ id }) => id);
  expect(found).toContain("llama-3.1-8b");
  expect(Object.keys(POPULAR_CATALOG.models)).toEqual(expect.arrayContaining(found));
  expect(findModels(POPULAR_CATALOG, "bloom")).toEqual([]);
});

test.each([
  ["", "", 0],
  ["abc", "", 3],
  ["llama", "llama", 0],
  ["lama", "llama", 1],
  ["llamas", "llama", 1],
  ["llema", "llama", 1],
  ["qwne", "qwen", 1],
  ["kitten", "sitting", 3],
])("from %j to %j it is %d letters, either way", (one, other, distance) => {
  expect(editDistance(one, other)).toBe(distance);
  expect(editDistance(other, one)).toBe(distance);
});

describe("what comes nearest to a name that is not there", () => {
  const nearest = (rows: readonly Readonly<{ id: string }>[]): string | undefined => rows[0]?.id;

  test.each([
    ["lamma 8b", "llama-3.1-8b"],
    ["mistrl", "mistral-7b-v0.3"],
    ["qwne 7b", "qwen2.5-7b"],
    ["deepseak v3", "deepseek-v3"],
    ["llama 9999b", "llama-3.1-8b"],
    ["gemini 27b", "gemma-2-27b"],
    ["meta-llama/Llama-5-8B", "llama-3.1-8b"],
  ])("of a model: %s", (query, id) => {
    expect(findModels(FULL_CATALOG, query)).toEqual([]);
    expect(nearest(nearestModels(FULL_CATALOG, query))).toBe(id);
  });

  test.each([
    ["rtx 4099", "rtx-4090"],
    ["gforce 4090", "rtx-4090"],
    ["h1000", "h100-sxm"],
  ])("of a GPU: %s", (query, id) => {
    expect(findGpus(FULL_CATALOG, query)).toEqual([]);
    expect(nearest(nearestGpus(FULL_CATALOG, query))).toBe(id);
  });

  test("is nothing where no word is near, and short words are not near unless they are the same", () => {
    expect(nearestModels(FULL_CATALOG, "xyzzy")).toEqual([]);
    expect(nearestModels(FULL_CATALOG, "!!!")).toEqual([]);
    expect(nearestModels(FULL_CATALOG, "no such model")).toEqual([]);
    expect(nearestGpus(FULL_CATALOG, "zz")).toEqual([]);
  });
});
