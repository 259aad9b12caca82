import { describe, expect, expectTypeOf, test } from "vitest";
import { type Bytes, bytes, GB, GIB, type Quantity, sum } from "#calc/base/bytes.ts";

describe("Bytes", () => {
  test("a GiB is 2^30 and not a GB", () => {
    expect(GIB).toBe(1_073_741_824);
    expect(GIB / GB).toBeCloseTo(1.074, 3);
  });

  test("add up to bytes, nothing to 0", () => {
    expect(sum([])).toBe(0);
    expect(sum([bytes(3), bytes(4)])).toBe(7);
    expectTypeOf(sum([bytes(1)])).toEqualTypeOf<Bytes>();
  });

  test("are not plain numbers, nor another quantity, until somebody says so", () => {
    expectTypeOf<number>().not.toExtend<Bytes>();
    expectTypeOf<Quantity<"parameters">>().not.toExtend<Bytes>();
    expectTypeOf<Bytes>().toExtend<number>();
  });
});
