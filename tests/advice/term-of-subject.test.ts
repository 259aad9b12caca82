import { expect, test } from "vitest";
import { TERM_IDS } from "#calc/model/terms.ts";
import { changesTerm } from "#advice/prices.ts";

const termsOf = (subject: string): readonly string[] => TERM_IDS.filter((term) => changesTerm({ subject }, term));

test.each([
  ["loss", ["logits"]],
  ["attention", ["activations"]],
  ["checkpointing", ["activations"]],
  ["allocator", ["framework"]],
  ["optimizer", ["optimizer"]],
  ["rank", ["adapters"]],
  ["quantization", ["weights"]],
  ["batch", []],
  ["nothing", []],
])("a change of %s is made for %j", (subject, terms) => {
  expect(termsOf(subject)).toEqual(terms);
});
