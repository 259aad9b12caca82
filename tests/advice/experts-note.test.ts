import { expect, test } from "vitest";
import { expertsNote } from "#advice/answer-notes.ts";
import { answerOf } from "../answered.ts";

const said = (keys: string): string | null =>
  expertsNote(answerOf(/&show=/.test(keys) ? keys : `${keys}&show=qlora`))?.says.replaceAll("\u00a0", " ") ?? null;

const QWEN = "model=qwen3-30b-a3b";

test("QLoRA that leaves experts in 16 bits says how much of the base they are, and who quantises them", () => {
  // 28.99 G of 30.53 G parameters are in experts.
  expect(said(`${QWEN}&kbit=none`)).toBe(
    "QLoRA: the experts are not quantised (54.0 GiB of the 55.6 GiB of base weights). " +
      "Axolotl with quantize_moe_experts (experts=4bit) and Unsloth store them in a quarter of 16 bits.",
  );
});

test("k-bit preparation makes them fp32, which is said with it", () => {
  expect(said(QWEN)).toMatch(
    /^QLoRA: the experts are not quantised \(108\.0 GiB of the 110\.8 GiB of base weights\), and k-bit preparation turns them into fp32\. /,
  );
});

test("those of gpt-oss can stay as they are published", () => {
  expect(said("model=gpt-oss-20b")).toMatch(/ in a quarter of 16 bits\. LoRA in Unsloth keeps them in MXFP4\.$/);
});

test.each([
  [
    "in the bits of an int8 base",
    `${QWEN}&method=qlora&quant=int8`,
    / \(experts=8bit\) stores them in half of 16 bits\.$/,
  ],
  [
    "not beside a checkpoint that is quantised",
    `${QWEN}&method=qlora&quant=unsloth-dynamic`,
    /base weights\)(, and [^.]*)?\.$/,
  ],
  ["not beside a GPTQ base", `${QWEN}&method=qlora&quant=gptq`, /base weights\)(, and [^.]*)?\.$/],
  [
    "not by Unsloth, where experts have no gate",
    "model=nemotron-3-nano-30b-a3b",
    /\. Axolotl with quantize_moe_experts \(experts=4bit\) stores them in a quarter of 16 bits\.$/,
  ],
])("who packs them is said as that can be: %s", (_, keys, words) => expect(said(keys)).toMatch(words));

test("where GPUs share the base, they are a share of its parameters", () => {
  expect(said(`${QWEN}&gpus=4`)).toContain("(95.0 % of the parameters)");
});

test.each([
  ["the experts are packed", `${QWEN}&stack=unsloth`],
  ["a link packs them", `${QWEN}&experts=8bit`],
  ["the model has none", "method=qlora"],
  ["every expert is a linear", "model=mixtral-8x7b&stack=transformers-4.46"],
  ["the article's rule has one number for all", `${QWEN}&stack=article`],
  ["QLoRA is not shown", `${QWEN}&show=lora`],
])("nothing is said where %s", (_, keys) => expect(said(keys)).toBeNull());
