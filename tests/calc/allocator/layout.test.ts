import { expect, test } from "vitest";
import type { Allocator } from "#calc/allocator/allocator.ts";
import { free } from "#calc/allocator/free-block.ts";
import { isSameLayout, layoutOf } from "#calc/allocator/replay.ts";
import { malloc } from "#calc/allocator/malloc.ts";
import { device, MIB, take } from "./device.ts";

const isSame = (one: Allocator, other: Allocator): boolean => isSameLayout(layoutOf(one), layoutOf(other));

/** An allocator of which so many MiB were asked for. */
const holding = (...mib: readonly number[]): Allocator => {
  const allocator = device();
  for (const each of mib) take(allocator, each * MIB);
  return allocator;
};

test("alike storages in alike segments are the same layout", () => {
  expect(isSame(holding(40, 50), holding(40, 50))).toBe(true);
});

test("other sizes are another", () => {
  expect(isSame(holding(40), holding(42))).toBe(false);
  expect(isSame(holding(40), holding(40, 40))).toBe(false);
});

test("one segment of two blocks is not two segments", () => {
  const split = device();
  free(split, take(split, 80 * MIB));
  take(split, 40 * MIB);
  take(split, 40 * MIB);
  expect(isSame(split, holding(40, 40))).toBe(false);
});

test("another storage in the same place is another layout", () => {
  const [one, other] = [device(), device()];
  take(one, 40 * MIB).storage = 1;
  take(other, 40 * MIB).storage = 2;
  expect(isSame(one, other)).toBe(false);
});

test("addresses alone are not memory", () => {
  const withFree = (): Allocator => {
    const allocator = device({ expandable_segments: true, limitBytes: 60 * MIB });
    const first = take(allocator, 40 * MIB);
    take(allocator, 20 * MIB);
    free(allocator, first);
    return allocator;
  };
  const [mapped, unmapped] = [withFree(), withFree()];
  expect(malloc(unmapped, 50 * MIB, 0)).toBeNull();
  expect(isSame(mapped, unmapped)).toBe(false);
});
