import { describe, expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { scoredModel } from "#calc/model/architecture.ts";
import { withScore } from "#calc/step/settled-scenario.ts";
import { lastTokens } from "#calc/tape/ops/indexing.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind } from "#calc/tape/scope.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { emptyTape, given, inWords, leftFromNow, madeBackward, madeFromNow } from "../../on-paper.ts";
import { loraMethod, scenario } from "../../scenario.ts";

/** A reward model of one pair. */
const pairOf = (changed: Partial<Scenario> = {}): Scenario =>
  scenario({ objective: "reward", micro_batch_size: 2, sequence_length: 512, ...changed });

const plain = scenario();
const { hidden_size, vocab_size } = plain.architecture;

const termOf = (asked: Scenario, term: string): number =>
  estimated(ENGINE.estimate(asked)).terms.find(({ id }) => id === term)?.bytes ?? 0;

describe("a model that gives scores", () => {
  test("has a head of one number, which is not tied, in place of that of the vocabulary", () => {
    const { head, layers } = ENGINE.layoutOf(scoredModel(plain.architecture));
    expect(head.tied).toBe(false);
    expect(head.module).toMatchObject({ name: "score", in_features: hidden_size, out_features: 1, bias: false });
    expect(layers).toEqual(ENGINE.layoutOf(plain.architecture).layers);
  });

  test("is told in its parameters, of an architecture that stays one object", () => {
    const { params } = estimated(ENGINE.estimate(pairOf()));
    const { tied, module } = ENGINE.layoutOf(plain.architecture).head;
    const lmHead = tied ? 0 : module.in_features * module.out_features;
    expect(params).toBe(ENGINE.countParameters(plain.architecture) - lmHead + hidden_size);
    expect(withScore(pairOf()).architecture).toBe(withScore(pairOf()).architecture);
  });

  test("has no logits, whatever loss was asked for", () => {
    const trl = pairOf({ loss: { kind: "fused", kernel: "trl" } });
    expect(estimated(ENGINE.estimate(trl)).peakBytes).toBe(estimated(ENGINE.estimate(pairOf())).peakBytes);
    expect(termOf(trl, "logits")).toBeLessThan(2 * 512 * vocab_size);
  });

  test("trains a copy of its head beside adapters, once, and keeps the frozen one", () => {
    const lora = loraMethod();
    const saved = loraMethod({ modules_to_save: ["score"] });
    const trained = (method: Scenario["method"]): number =>
      estimated(ENGINE.estimate(pairOf({ method }))).trainableParams;
    const beside = estimated(ENGINE.estimate(scenario({ method: lora }))).trainableParams;
    expect([trained(lora), trained(saved)]).toEqual([beside + hidden_size, beside + hidden_size]);
  });

  test("leaves every other objective as it is", () => {
    expect(withScore(plain)).toBe(plain);
    expect(withScore(withScore(pairOf()))).toEqual(withScore(pairOf()));
  });
});

test("a step of a reward model has one forward", () => {
  const moments = ENGINE.simulate(pairOf({ method: loraMethod() }), FAKE_TENSORS);
  expect(moments.map(({ id }) => id)).toEqual(["load", "forward", "backward", "step", "zero"]);
});

test("of each row the score of its last token is kept with where it stood, and its gradient is written among zeros", () => {
  const tape = emptyTape();
  const logits = bind(given(tape, shapeOf("b", "s", 1)));
  const input_ids = given(tape, shapeOf("b", "s"), { dtype: "int64", trained: false });
  const [made, left] = [madeFromNow(tape), leftFromNow(tape)];
  const scores = bind(lastTokens(logits, input_ids));
  expect(made()).toEqual(["b×s bool", "b×s int32", "s int32", "b×s int32", "b int64", "b int64", "b×1 bf16"]);
  expect(left()).toEqual(["b int64", "b int64", "b×1 bf16"]);
  expect(scores.node?.saved.map(inWords)).toEqual(["b int64", "b int64"]);
  expect(madeBackward(scores)).toEqual(["b×s×1 bf16"]);
});
