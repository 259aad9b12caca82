import { expect, test } from "vitest";
import { quickAdvice } from "#advice/advise.ts";
import { runToEnd } from "#advice/trial.ts";
import { topChange } from "#advice/top-change.ts";
import { runnableChanges } from "#advice/runnable-changes.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const said = (link: string): readonly string[] => {
  const choices = decodeLink(link, FULL_CATALOG).value;
  const answer = toAnswer(choices, FULL_CATALOG);
  const advice = runToEnd(quickAdvice(choices, FULL_CATALOG));
  const focus = answer.methods.find(({ method }) => method === choices.method);
  if (focus === undefined) throw new Error("the method in focus is shown");
  const { smallestCards } = advice;
  const sentences = runnableChanges({ answer, patch: topChange(advice).patch, smallestCards }, focus);
  return sentences.map((sentence) => sentence.replaceAll("\u00a0", " "));
};

test("what was asked for against the card is said, what it would run instead, and a card for it as it is", () => {
  expect(said("?v=1&model=llama-3.2-1b&gpu=t4&attn=flash")).toEqual([
    "LoRA would run on it with attention SDPA instead of flash.",
    expect.stringMatching(/^LoRA as it is chosen fits on an? .*\d GB\.$/),
  ]);
});

test("where the stack takes the same by itself, it is that which would run", () => {
  expect(said("?v=1&model=llama-3.2-1b&gpu=t4&attn=sdpa")[0]).toBe(
    "LoRA would run on it by what the stack does there by itself.",
  );
});

test("where nothing that was asked for is in the way, other methods of the card are named", () => {
  expect(said("?v=1&model=llama-3.2-1b&gpu=apple-m3-max-64gb&method=qlora")).toEqual([
    "Full fine-tuning and LoRA fit on it.",
    expect.stringMatching(/^QLoRA as it is chosen fits on an? .*\d GB\.$/),
  ]);
  expect(said("?v=1&model=llama-3.1-8b&gpu=apple-m3-max-64gb&method=qlora&seq=4096")).toContain("LoRA fits on it.");
});
