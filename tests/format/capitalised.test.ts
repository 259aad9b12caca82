import { expect, test } from "vitest";
import { capitalized } from "#format/phrases.ts";

test("A phrase begins with a capital, and is left as it is behind it", () => {
  expect(["full fine-tuning", "QLoRA", "k-bit base", ""].map(capitalized)).toEqual([
    "Full fine-tuning",
    "QLoRA",
    "K-bit base",
    "",
  ]);
});
