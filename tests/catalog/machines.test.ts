import { describe, expect, test } from "vitest";
import { machineOf } from "#advice/host-machine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { MACHINES } from "#catalog/machines.ts";

const rows = Object.entries(MACHINES);

describe.each(rows)("The machine %s", (_, row) => {
  test("has GPUs of the catalog, several of them, and more host memory than any of them", () => {
    const gpu = FULL_CATALOG.gpus[row.gpu];
    expect(gpu).toBeDefined();
    expect(gpu).not.toHaveProperty("sliceOf");
    expect(row.gpus).toBeGreaterThan(1);
    expect(row.hostGib).toBeGreaterThan(gpu?.memoryGb ?? Number.POSITIVE_INFINITY);
  });

  test("is the one that its GPUs make", () => {
    expect(machineOf({ gpu: { kind: "catalog", id: row.gpu }, gpus: row.gpus })).toEqual(row);
    expect(machineOf({ gpu: { kind: "catalog", id: row.gpu }, gpus: row.gpus + 1 })).toBeNull();
  });
});

test("a card of the user's own is in no machine", () => {
  expect(machineOf({ gpu: { kind: "custom", memoryBytes: 80e9, unit: "GB" }, gpus: 8 })).toBeNull();
});
