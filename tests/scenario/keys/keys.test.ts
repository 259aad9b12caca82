import { expect, test } from "vitest";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { KEYS, ORDER } from "#scenario/keys/keys.ts";

test("the canonical order has every key once", () => expect(ORDER.toSorted()).toEqual(Object.keys(KEYS).toSorted()));

test("the choices of a link without keys have every key, in canonical order", () =>
  expect(Object.keys(DEFAULT_CHOICES)).toEqual(["unknown", ...ORDER]));

test("what a key is locked with is a key", () =>
  expect(Object.values(KEYS).flatMap((key) => ("lock" in key ? [key.lock] : []))).toSatisfy(
    (locks: string[]) => locks.length > 0 && locks.every((lock) => Object.hasOwn(KEYS, lock)),
  ));
