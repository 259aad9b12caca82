import { expect, it, test } from "vitest";
import { fitOnCard, onCardByRule } from "#calc/card/fit.ts";
import { bytes } from "#calc/base/bytes.ts";
import { fitOf } from "#scenario/choices/answer.ts";
import { estimateJson } from "#scenario/choices/estimate-json.ts";
import { answerOf } from "../../answered.ts";

const methodOf = (link: string) => {
  const { methods, gpu, usedBytes } = answerOf(link);
  const [method] = methods;
  if (method === undefined) throw new Error("no method");
  return { ...method, available: bytes(gpu.usableBytes - usedBytes) };
};

const EVALUATED = "?v=1&show=lora&eval=8";

it("is none where only the step is asked for, and the fit is the step's", () => {
  const method = methodOf("?v=1&show=lora");
  expect(method).not.toHaveProperty("run");
  expect(fitOf(method)).toBe(method.card.fit);
});

it("leaves the step as it is: its figures, its place on the card, its fit", () => {
  const alone = methodOf("?v=1&show=lora");
  const { estimate, card, run } = methodOf(EVALUATED);
  expect({ estimate, card }).toEqual({ estimate: alone.estimate, card: alone.card });
  const step = run?.moments.find(({ id }) => id === "step");
  expect(step).toMatchObject({ peakBytes: estimate.peakBytes, onCardBytes: estimate.onCardBytes, fit: card.fit });
});

it("holds a moment outside the step against the card by the rule, with its own peak", () => {
  const { run, available, scenario } = methodOf(EVALUATED);
  const evaluation = run?.moments.find(({ id }) => id === "evaluate");
  const onCard = onCardByRule(evaluation?.peakBytes ?? bytes(0), scenario.gpus);
  expect(evaluation).toMatchObject({
    onCardBytes: onCard.onCardBytes,
    comfortableBytes: onCard.comfortableBytes,
    fit: fitOnCard(onCard, available).fit,
    headroomBytes: fitOnCard(onCard, available).headroomBytes,
  });
});

it("is decided by its worst moment: LoRA trains on a card that its evaluation does not fit", () => {
  const method = methodOf(EVALUATED);
  expect(method.card.fit).toBe("fits");
  expect(method.run).toMatchObject({ fit: "over", peakMoment: "evaluate", worst: { id: "evaluate" } });
  expect(method.run?.headroomBytes).toBe(method.run?.worst.headroomBytes);
  expect(fitOf(method)).toBe("over");
});

it("fits where each moment does, and its worst is the one that leaves least", () => {
  const { run } = methodOf(`${EVALUATED}&gpu=h100-sxm`);
  expect(run).toMatchObject({ fit: "fits", worst: { id: "evaluate" } });
  const small = methodOf("?v=1&show=lora&eval=1&evalseq=128&gpu=h100-sxm").run;
  expect(small).toMatchObject({ fit: "fits", peakMoment: "step", worst: { id: "step" } });
});

it("cannot run where the step cannot", () =>
  expect(methodOf("?v=1&model=smollm2-135m&show=lora&gpu=t4&attn=flash&eval=1").run?.fit).toBe("cannot-run"));

it("of Gemma 2 2B at 8 x 2,000 keeps logits of 15.26 GiB, which each further batch has twice, and its labels", () => {
  const link = "?v=1&model=gemma-2-2b&show=lora&eval=8&evalseq=2000&evalkeep=logits&evalbatches=3&gpu=h100-sxm";
  const tokens = 8 * 2000;
  const [logits, labels] = [tokens * 256_000 * 4, tokens * 8];
  const evaluation = methodOf(link).run?.moments.find(({ id }) => id === "evaluate");
  expect(evaluation?.perBatchBytes).toBe(2 * logits + labels);
});

test("the JSON has a run for each method, and fit and figures of the step beside it", () => {
  const { methods } = estimateJson(answerOf(EVALUATED), []);
  const [method] = methods;
  expect(method?.fit).toBe("fits");
  expect(Object.keys(method?.run ?? {})).toEqual([
    "peakBytes",
    "peakMoment",
    "worstMoment",
    "fit",
    "headroomBytes",
    "moments",
  ]);
  expect(method?.run).toMatchObject({ peakMoment: "evaluate", worstMoment: "evaluate", fit: "over" });
  const [step, evaluation] = method?.run?.moments ?? [];
  expect(step).not.toHaveProperty("perBatchBytes");
  expect(Object.keys(evaluation ?? {})).toEqual([
    "id",
    "liveBytes",
    "peakBytes",
    "hostBytes",
    "basis",
    "perBatchBytes",
    "onCardBytes",
    "fit",
    "headroomBytes",
  ]);
  expect(estimateJson(answerOf("?v=1&show=lora"), []).methods[0]).not.toHaveProperty("run");
});
