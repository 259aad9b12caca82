import { expect, test } from "vitest";
import {
  capitalized,
  gpuPhrase,
  indefiniteArticle,
  joinWithAnd,
  runMomentWords,
  uncapitalized,
} from "#format/phrases.ts";

test("A phrase begins with a capital, and is left as it is behind it", () => {
  expect(["full fine-tuning", "QLoRA", "k-bit base", ""].map(capitalized)).toEqual([
    "Full fine-tuning",
    "QLoRA",
    "K-bit base",
    "",
  ]);
});

test("one card has an article, several have their number, and no line breaks between number and name", () => {
  expect(gpuPhrase("RTX 4090", 1)).toBe("an RTX 4090");
  expect(gpuPhrase("H100", 2)).toBe("2\u00a0×\u00a0H100");
  expect(gpuPhrase("H100", 1024)).toBe("1,024\u00a0×\u00a0H100");
});

test.each([
  ["RTX 4090", "an"],
  ["A100", "an"],
  ["H100", "an"],
  ["L4", "an"],
  ["MI300X", "an"],
  ["RX 7900 XTX", "an"],
  ["M3 Max", "an"],
  ["Arc A770", "an"],
  ["T4", "a"],
  ["V100 32GB", "a"],
  ["B200", "a"],
  ["GB200", "a"],
  ["TITAN RTX", "a"],
  ["TPU v5e", "a"],
  ["W7900", "a"],
  ["Ryzen AI Max+ 395", "a"],
  ["8 GB", "an"],
  ["24 GB", "a"],
])("one says %s with %s", (name, expected) => {
  expect(indefiniteArticle(name)).toBe(expected);
});

test.each([
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c"], "a, b and c"],
])("%j in a sentence are %j", (phrases, words) => expect(joinWithAnd(phrases)).toBe(words));

test("a moment of a run is named inside a sentence, an evaluation with its batch where that is known", () => {
  expect(runMomentWords("save")).toBe("saving");
  expect(runMomentWords("prepare", 8)).toBe("preparation");
  expect(runMomentWords("evaluate")).toBe("evaluation");
  expect(runMomentWords("evaluate", 1024)).toBe("evaluation at batch 1,024");
});

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
