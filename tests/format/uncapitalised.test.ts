import { expect, test } from "vitest";
import { uncapitalized } from "#format/phrases.ts";

test("A plain word loses its capital inside a sentence, a name or a shorthand keeps it", () => {
  const names = ["In place", "Full", "Attention + MLP", "SDPA", "ZeRO 3", "LoRA", "FSDP 2", "q, v", ""];
  expect(names.map(uncapitalized)).toEqual([
    "in place",
    "full",
    "attention + MLP",
    "SDPA",
    "ZeRO 3",
    "LoRA",
    "FSDP 2",
    "q, v",
    "",
  ]);
});
