import { expect, test } from "vitest";
import { BY_EFFECT, issuesByEffect } from "#scenario/choices/issue-order.ts";
import { PINNED_KEYS } from "#scenario/keys/choices.ts";
import { LINK_KEYS } from "#scenario/choices/encode-link.ts";

const issue = (key: string) => ({ code: "unknown-value" as const, key, value: "", used: "", message: "" });
const sorted = (...keys: readonly string[]): readonly string[] => issuesByEffect(keys.map(issue)).map(({ key }) => key);

test("every key of a link has its place, once", () => {
  expect(BY_EFFECT.toSorted()).toEqual([...LINK_KEYS, ...PINNED_KEYS].toSorted());
});

test("problems stand in the order in which they matter", () => {
  expect(sorted("theme", "frobnicate", "batch", "b.model", "gpu", "", "r", "model", "c.gpu", "b.r")).toEqual([
    "",
    "model",
    "gpu",
    "batch",
    "r",
    "theme",
    "b.model",
    "b.r",
    "c.gpu",
    "frobnicate",
  ]);
});

test("problems with one key, and unknown keys among themselves, stay as they came", () => {
  const two = [
    { ...issue("r"), value: "1" },
    { ...issue("r"), value: "2" },
  ];
  expect(issuesByEffect(two)).toEqual(two);
  expect(sorted("zzz", "aaa", "b.zzz")).toEqual(["zzz", "aaa", "b.zzz"]);
});
