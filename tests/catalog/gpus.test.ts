import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";

const rows = Object.entries(FULL_CATALOG.gpus);
const files = import.meta.glob<Readonly<Record<string, object>>>("../../src/catalog/gpus/*.ts", { eager: true });

describe("the catalog of GPUs", () => {
  test("has every GPU of every file, and none in two files", () => {
    const { POPULAR_GPU_DETAILS, ...lists } = Object.assign({}, ...Object.values(files)) as typeof files;
    expect(Object.keys(POPULAR_GPU_DETAILS ?? {})).toEqual(Object.keys(POPULAR_CATALOG.gpus));
    const ids = Object.values(lists).flatMap((gpus) => Object.keys(gpus));
    expect(rows.map(([id]) => id).toSorted()).toEqual(ids.toSorted());
  });

  test("gives no two GPUs one name, long or short", () => {
    expect(new Set(rows.map(([, row]) => row.name)).size).toBe(rows.length);
    expect(new Set(rows.map(([, row]) => row.shortName)).size).toBe(rows.length);
  });

  test("has popular ones from 8 to 192 GB, smallest first, the default card among them", () => {
    const memories = Object.values(POPULAR_CATALOG.gpus).map(({ memoryGb }) => memoryGb);
    expect(memories).toEqual([...memories].sort((a, b) => a - b));
    expect(memories).toEqual(expect.arrayContaining([8, 12, 16, 24, 32, 40, 48, 80, 96, 141, 192]));
    expect(POPULAR_CATALOG.gpus).toHaveProperty("rtx-4090");
  });
});

describe.each(rows)("%s", (id, row) => {
  test("says where its figures were read, and when", () => {
    expect(row.source.length).toBeGreaterThan(0);
    expect(row.retrieved).toMatch(/^20\d\d-\d\d(-\d\d)?$/);
    expect(id).toMatch(/^[a-z0-9-]+$/);
  });

  test("is a part of a card that is in the catalog, and a smaller one, if it is a part", () => {
    if (row.sliceOf === undefined) return;
    const whole = FULL_CATALOG.gpus[row.sliceOf];
    expect(row.memoryGb).toBeLessThan(whole?.memoryGb ?? 0);
    expect(row.chip).toBe(whole?.chip);
    expect(row.name).toContain(", MIG ");
  });

  test("offers no more memory than the box says, and most of it", () => {
    const label = row.memoryGb;
    if (row.memoryReportedMib !== undefined) {
      expect(row.memoryReportedMib / 1024).toBeLessThanOrEqual(label * 1.0001);
      expect(row.memoryReportedMib / 1024).toBeGreaterThan(label * 0.88);
    }
    if (row.torchTotalMemoryGib !== undefined) {
      expect(row.torchTotalMemoryGib).toBeLessThanOrEqual((row.memoryReportedMib ?? label * 1024) / 1024);
      expect(row.torchTotalMemoryGib).toBeGreaterThan(label * 0.88);
    }
    if (row.memoryUsableFraction !== undefined) {
      expect(row.memoryUsableFraction).toBeGreaterThan(0.5);
      expect(row.memoryUsableFraction).toBeLessThanOrEqual(1);
    }
  });
});
