import fc from "fast-check";
import { expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { settle } from "#scenario/choices/settle.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { tried } from "../tried.ts";
import { anyLink } from "./arbitrary-links.ts";

test.each([
  ["?v=1&show=full", "full", []],
  ["?v=1&show=qlora,full", "full", []],
  ["?v=1&show=full,lora", "lora", []],
  ["?v=1&method=qlora", "qlora", []],
  ["?v=1&show=lora&method=full", "lora", ["method=full is not shown; method=lora is used."]],
  ["?v=1&show=full,qlora&method=lora", "full", ["method=lora is not shown; method=full is used."]],
] as const)("%s has %s in focus", (link, method, sentences) => {
  const { value, issues } = decodeLink(link, FULL_CATALOG);
  expect(value.method).toBe(method);
  expect(issues.map(({ message }) => message)).toEqual(sentences);
  expect(decodeLink(encodeLink(value), FULL_CATALOG)).toEqual({ value, issues: [] });
});

test("the packing of QLoRA's base is kept where QLoRA is the first shown", () => {
  expect(decodeLink("?v=1&show=qlora&quant=fp4", FULL_CATALOG)).toMatchObject({
    value: { method: "qlora", quant: "fp4" },
    issues: [],
  });
});

test("hiding the method in focus hands the focus to the first that is left", () => {
  expect(settle({ ...DEFAULT_CHOICES, show: ["full", "qlora"] }).method).toBe("full");
});

tried("the method in focus is one of those shown, whatever a link says", { quick: 300, thorough: 5000 }, (runs) => {
  fc.assert(
    fc.property(anyLink, (link) => {
      const { method, show } = decodeLink(link, FULL_CATALOG).value;
      expect(show).toContain(method);
    }),
    runs,
  );
});
