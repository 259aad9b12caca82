import { describe, expect, test } from "vitest";
import { TRAITS_OF_ANY } from "#catalog/card-traits.ts";
import { fewestGpus, estimatesByCount } from "#advice/smallest-gpu.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import { scenario } from "../calc/scenario.ts";

const FULL = scenario({ sharding: "fsdp2", autocast: false });

describe("The fewest cards for Llama 2 7B in full", () => {
  test.each([[24], [40], [80]])("of %i GiB hold it, and one less does not", (gib) => {
    const available = bytes(gib * GIB);
    const fewest = fewestGpus(estimatesByCount(FULL, TRAITS_OF_ANY), available);
    if (fewest === null) throw new Error("some number of cards holds it");
    const { gpus, card } = fewest;
    expect(card.fit).not.toBe("over");
    if (gpus > 1) expect(estimatesByCount(FULL, TRAITS_OF_ANY)(gpus - 1).taken.fitWith(available)).toBe("over");
  });

  test("are none where a unit of the model alone does not fit", () => {
    expect(fewestGpus(estimatesByCount(FULL, TRAITS_OF_ANY), bytes(2 * GIB))).toBeNull();
  });

  test("are looked for up to a machine one by one, then by machines, in whole models", () => {
    const asked: number[] = [];
    const onCount = (gpus: number) => {
      asked.push(gpus);
      return estimatesByCount(FULL, TRAITS_OF_ANY)(1);
    };
    expect(fewestGpus(onCount, bytes(0))).toBeNull();
    expect(asked).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 16, 24, 32, 48, 64, 96, 128]);
    asked.length = 0;
    expect(fewestGpus(onCount, bytes(0), 3)).toBeNull();
    expect(asked).toEqual([3, 6, 24, 48, 96]);
  });

  test("make one estimate for each count", () => {
    const onCount = estimatesByCount(FULL, TRAITS_OF_ANY);
    expect(onCount(4)).toBe(onCount(4));
    expect(onCount(4).estimate()).toBe(onCount(4).estimate());
  });
});
