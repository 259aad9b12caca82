import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";

const rows = Object.entries(FULL_CATALOG.models);
const files = import.meta.glob<Readonly<Record<string, object>>>("../../src/catalog/models/*.ts", { eager: true });
const published = rows.flatMap(([id, row]) => (row.published === null ? [] : [[id, row, row.published] as const]));

describe("the catalog of models", () => {
  test("has every model of every file, and none in two files", () => {
    const { POPULAR_MODEL_DETAILS, ...lists } = Object.assign({}, ...Object.values(files)) as typeof files;
    expect(Object.keys(POPULAR_MODEL_DETAILS ?? {})).toEqual(Object.keys(POPULAR_CATALOG.models));
    const ids = Object.values(lists).flatMap((models) => Object.keys(models));
    expect(rows.map(([id]) => id).toSorted()).toEqual(ids.toSorted());
  });

  test("starts with the popular ones, the default model first", () => {
    expect(rows.slice(0, 12).map(([id]) => id)).toEqual(Object.keys(POPULAR_CATALOG.models));
    expect(rows[0]?.[0]).toBe("llama-3.1-8b");
  });

  test("gives no two models one name", () => {
    expect(new Set(rows.map(([, row]) => row.name)).size).toBe(rows.length);
  });
});

describe.each(rows)("%s", (id, row) => {
  test("says where its fields were read, and when", () => {
    expect(row.source.length).toBeGreaterThan(0);
    expect(row.source.every((source) => source.trim().length > 8)).toBe(true);
    expect(row.retrieved).toMatch(/^20\d\d-\d\d(-\d\d)?$/);
    expect(row.hf_repo).toMatch(/^[\w.-]+\/[\w.-]+$/);
  });

  test("is of a family that the engine knows, with an id that a link can carry", () => {
    expect(ENGINE.isKnown(row.architecture.model_type)).toBe(true);
    expect(id).toMatch(/^[a-z0-9.-]+$/);
  });

  test("explains why no count was found to test against", () => {
    expect(row.published !== null || /No published/.test(row.note ?? "")).toBe(true);
  });
});

test.each(published)(
  "the count of %s and its named differences are the published one",
  (_, row, { params, source, differences = [] }) => {
    const counted = ENGINE.countParameters(row.architecture);
    const named = differences.reduce((sum, difference) => sum + difference.params, 0);
    expect(counted + named).toBe(params);
    expect(source.length).toBeGreaterThan(8);
    expect(differences.every(({ what }) => what.length > 8)).toBe(true);
  },
);
