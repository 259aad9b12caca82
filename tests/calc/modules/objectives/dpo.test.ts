import { describe, expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { ReferenceModel } from "#calc/model/objective.ts";
import type { Method, Scenario } from "#calc/model/scenario.ts";
import { logSigmoid } from "#calc/tape/ops/unary.ts";
import { selectiveLogSoftmax } from "#calc/tape/ops/log-softmax.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind } from "#calc/tape/scope.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { emptyTape, given, inWords, leftFromNow, madeBackward } from "../../on-paper.ts";
import { loraMethod, scenario } from "../../scenario.ts";

/** Preference tuning of a pair, with TRL's head. */
const pairOf = (reference: ReferenceModel, method: Method, changed: Partial<Scenario> = {}): Scenario =>
  scenario({
    objective: "dpo",
    reference,
    method,
    loss: { kind: "fused", kernel: "trl" },
    micro_batch_size: 2,
    sequence_length: 512,
    ...changed,
  });

const termsOf = (asked: Scenario): Readonly<Record<string, number>> =>
  Object.fromEntries(estimated(ENGINE.estimate(asked)).terms.map(({ id, bytes }) => [id, bytes]));

/** What is there when the loss is. */
const afterForward = (asked: Scenario): number =>
  ENGINE.simulate(asked, FAKE_TENSORS).find(({ id }) => id === "forward")?.liveBytes ?? 0;

describe("what a preference is held against", () => {
  test("a copy is weights once more; without adapters, or with numbers made before, there is none", () => {
    const [copy, off, before] = (["copy", "adapters-off", "precomputed"] as const).map((reference) =>
      termsOf(pairOf(reference, loraMethod())),
    );
    expect(copy?.["weights"]).toBe(2 * (off?.["weights"] ?? 0));
    expect(before?.["weights"]).toBe(off?.["weights"]);
    expect(copy?.["adapters"]).toBe(off?.["adapters"]);
  });

  test("nothing of its forward stays for backward; numbers made before are two tensors of the batch", () => {
    const [off, before] = (["adapters-off", "precomputed"] as const).map((reference) =>
      afterForward(pairOf(reference, loraMethod())),
    );
    expect((before ?? 0) - (off ?? 0)).toBe(2 * 512);
  });

  test("of each token that is scored its hidden state stays, and no logits", () => {
    const scoring = (scored_tokens: number): number =>
      afterForward(pairOf("precomputed", loraMethod(), { scored_tokens }));
    const { hidden_size } = scenario().architecture;
    // The copy in 16 bits, a target, log_z and entropy: of 512 and 1,024 tokens all of them are whole blocks.
    expect(scoring(1024) - scoring(512)).toBe(512 * (2 * hidden_size + 8 + 4 + 4));
  });
});

describe("before TRL had its head", () => {
  const over = (loss: Scenario["loss"]): Scenario => pairOf("adapters-off", loraMethod(), { loss });
  const WHOLE = { kind: "full", transformers: "5", outputsKept: false } as const;

  test("logits of the policy are there to the end, in fp32 under autocast", () => {
    const { vocab_size } = scenario().architecture;
    const more = afterForward(over(WHOLE)) - afterForward(over({ kind: "fused", kernel: "trl" }));
    // Two rows of 512 tokens; the head keeps a hidden state of each in place of them.
    const share = more / (2 * 512 * vocab_size * 4);
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(1);
  });

  test("each row of fp32 logits keeps its sums, and its gradient is made beside the logits; in 16 bits its log-probabilities are kept", () => {
    const observed = (dtype: "fp32" | "bf16") => {
      const tape = emptyTape();
      const logits = bind(given(tape, shapeOf("b", "s-1", 1000), { dtype }));
      const index = given(tape, shapeOf("b", "s"), { dtype: "int64", trained: false });
      const left = leftFromNow(tape);
      const result = bind(selectiveLogSoftmax(logits, index));
      return { result: inWords(result), left: left() };
    };
    expect(observed("fp32")).toEqual({
      result: "b×s-1 fp32",
      left: ["each other row×s-1 fp32", "s-1 fp32", "b×s-1 fp32"],
    });
    expect(observed("bf16")).toEqual({ result: "b×s-1 bf16", left: ["each row×s-1×1000 bf16", "b×s-1 bf16"] });
  });
});

test("log-sigmoid keeps its input, and a buffer on a CPU alone", () => {
  const saved = (fakeTensors: boolean): readonly string[] | undefined => {
    const tape = emptyTape({ fakeTensors });
    const result = bind(logSigmoid(given(tape, shapeOf("b", 1 / 2), { dtype: "fp32" })));
    expect(madeBackward(result)).toEqual(["b×0.5 fp32"]);
    return result.node?.saved.map(inWords);
  };
  expect([saved(false), saved(true)]).toEqual([["b×0.5 fp32"], ["b×0.5 fp32", "b×0.5 fp32"]]);
});
