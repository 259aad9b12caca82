import { expect, test, describe } from "vitest";
import { expertsNote, nearEdgeNote, versionNotes } from "#advice/answer-notes.ts";
import { answerOf } from "../answered.ts";
import { NEAR_EDGE } from "#catalog/near-edge.ts";
import { fitOf } from "#scenario/choices/answer.ts";

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

/** How the method in focus ends, and what is said of runs that came as close. */
const nearEdgeNoteSaid = (keys: string): readonly [string | undefined, string | undefined] => {
  const answer = answerOf(keys);
  const focus = answer.methods.find(({ method }) => method === answer.choices.method);
  return [focus && fitOf(focus), nearEdgeNote(answer)?.says];
};

const FEW = "Few published runs are this close.";

test("of several GPUs, published runs so close to theirs are counted, and those that ran", () => {
  const { runs, ran } = NEAR_EDGE.several;
  expect(runs).toBeGreaterThanOrEqual(5);
  expect(ran).toBeLessThan(runs);
  expect(nearEdgeNoteSaid("model=qwen2.5-3b&method=full&show=full&gpu=rtx-3090&gpus=4&shard=zero2&seq=512")).toEqual([
    "tight",
    `Of ${runs} published runs this close, ${ran} ran.`,
  ]);
});

test("under five runs are few: by the rule, and on one GPU by the replay", () => {
  expect([NEAR_EDGE.rule.runs, NEAR_EDGE.one.runs].every((runs) => runs < 5)).toBe(true);
  expect(
    nearEdgeNoteSaid(
      "model=deepseek-r1-distill-qwen-32b&method=full&show=full&gpu=a100-80gb-sxm&gpus=7&shard=zero3&seq=1024",
    ),
  ).toEqual(["tight", FEW]);
  expect(nearEdgeNoteSaid("method=lora&show=lora&used=3.5")).toEqual(["tight", FEW]);
  // Several GPUs, but the moment that decides is estimated by the rule.
  expect(nearEdgeNoteSaid("method=lora&show=lora&gpus=2&shard=ddp&eval=8&gpu=a100-40gb-pcie")).toEqual(["tight", FEW]);
});

test("nothing is said of what fits or does not, nor of a method that is not in focus", () => {
  expect(nearEdgeNoteSaid("method=lora&show=lora")).toEqual(["fits", undefined]);
  expect(nearEdgeNoteSaid("method=full&show=full")).toEqual(["over", undefined]);
  expect(answerOf("method=qlora&used=3.5&show=full,lora,qlora").methods.map(fitOf)).toEqual(["over", "tight", "fits"]);
  expect(nearEdgeNoteSaid("method=qlora&used=3.5&show=full,lora,qlora")).toEqual(["fits", undefined]);
});

const notesOf = (link: string): readonly string[] => versionNotes(answerOf(link)).map(({ says }) => says);

const TIGHT = "?v=1&model=qwen2.5-3b&method=full&show=full&gpus=4&gpu=rtx-3090&shard=zero2&seq=512";

describe("a library's older version", () => {
  test("did not checkpoint by default, which is said where a scenario does", () => {
    expect(notesOf("?v=1&stack=trl-0.21&show=lora")).toEqual([
      "TRL 0.21 does not checkpoint by default; this scenario has gradient checkpointing on.",
    ]);
    expect(notesOf("?v=1&stack=trl-0.21&show=lora&ckpt=0")).toEqual([]);
    expect(notesOf("?v=1&stack=trl&show=lora")).toEqual([]);
  });
});

describe("the optimizer of an older torch", () => {
  test("is said where it decides", () => {
    expect(notesOf(TIGHT)).toEqual([
      "Transformers 5.24 is assumed with torch 2.8 or later: adamw_torch_fused. Older torch takes adamw_torch: 2.0 GiB more, which does not fit.",
    ]);
  });

  test.each([
    ["an optimizer is named", `${TIGHT}&optim=adamw_torch_fused`],
    ["there is room for either", TIGHT.replace("rtx-3090", "h100-sxm")],
    ["neither fits", TIGHT.replace("rtx-3090", "rtx-4060")],
    ["few parameters are trained", "?v=1&method=lora&show=lora"],
    ["the library takes its own", `${TIGHT}&stack=axolotl`],
  ])("is not where %s", (_, link) => {
    expect(notesOf(link)).toEqual([]);
  });
});
