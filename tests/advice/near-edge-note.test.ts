import { expect, test } from "vitest";
import { nearEdgeNote } from "#advice/answer-notes.ts";
import { NEAR_EDGE } from "#catalog/near-edge.ts";
import { fitOf } from "#scenario/choices/answer.ts";
import { answerOf } from "../answered.ts";

/** How the method in focus ends, and what is said of runs that came as close. */
const said = (keys: string): readonly [string | undefined, string | undefined] => {
  const answer = answerOf(keys);
  const focus = answer.methods.find(({ method }) => method === answer.choices.method);
  return [focus && fitOf(focus), nearEdgeNote(answer)?.says];
};

const FEW = "Few published runs are this close.";

test("of several GPUs, published runs so close to theirs are counted, and those that ran", () => {
  const { runs, ran } = NEAR_EDGE.several;
  expect(runs).toBeGreaterThanOrEqual(5);
  expect(ran).toBeLessThan(runs);
  expect(said("model=qwen2.5-3b&method=full&show=full&gpu=rtx-3090&gpus=4&shard=zero2&seq=512")).toEqual([
    "tight",
    `Of ${runs} published runs this close, ${ran} ran.`,
  ]);
});

test("under five runs are few: by the rule, and on one GPU by the replay", () => {
  expect([NEAR_EDGE.rule.runs, NEAR_EDGE.one.runs].every((runs) => runs < 5)).toBe(true);
  expect(
    said("model=deepseek-r1-distill-qwen-32b&method=full&show=full&gpu=a100-80gb-sxm&gpus=7&shard=zero3&seq=1024"),
  ).toEqual(["tight", FEW]);
  expect(said("method=lora&show=lora&used=3.5")).toEqual(["tight", FEW]);
  // Several GPUs, but the moment that decides is estimated by the rule.
  expect(said("method=lora&show=lora&gpus=2&shard=ddp&eval=8&gpu=a100-40gb-pcie")).toEqual(["tight", FEW]);
});

test("nothing is said of what fits or does not, nor of a method that is not in focus", () => {
  expect(said("method=lora&show=lora")).toEqual(["fits", undefined]);
  expect(said("method=full&show=full")).toEqual(["over", undefined]);
  expect(answerOf("method=qlora&used=3.5&show=full,lora,qlora").methods.map(fitOf)).toEqual(["over", "tight", "fits"]);
  expect(said("method=qlora&used=3.5&show=full,lora,qlora")).toEqual(["fits", undefined]);
});
