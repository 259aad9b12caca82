import { describe, expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import type { ReferenceModel } from "#calc/model/objective.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { unsave } from "#calc/tape/operation.ts";
import { selectiveLogSoftmax } from "#calc/tape/ops/log-softmax.ts";
import { square } from "#calc/tape/ops/unary.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind, unname } from "#calc/tape/scope.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { emptyTape, given, leftFromNow, madeFromNow } from "../on-paper.ts";
import { loraMethod, scenario } from "../scenario.ts";

const WHOLE = { kind: "full", transformers: "5", outputsKept: false } as const;
const { architecture } = scenario();

/** DPO of one pair, in TRL 0.24. */
const pairOf = (reference: ReferenceModel, changed: Partial<Scenario> = {}): Scenario =>
  scenario({
    objective: "dpo",
    trainer: "trl-0.24",
    reference,
    method: loraMethod(),
    loss: WHOLE,
    micro_batch_size: 2,
    sequence_length: 512,
    sides: { prompt: 256, chosen: 256, rejected: 256 },
    ...changed,
  });

const momentOf = (asked: Scenario, moment: string) => {
  const found = ENGINE.simulate(asked, FAKE_TENSORS).find(({ id }) => id === moment);
  if (found === undefined) throw new Error(`${moment} is a moment`);
  return found;
};

describe("DPO of TRL 0.24", () => {
  test("has hidden states of every layer in fp32 beside the logits of a reference, which leave nothing", () => {
    const highest = (num_hidden_layers: number): number => {
      const asked = pairOf("adapters-off", { architecture: { ...architecture, num_hidden_layers } });
      const { peakBytes, liveBytes } = momentOf(asked, "forward");
      return peakBytes - liveBytes;
    };
    const state = 2 * 512 * architecture.hidden_size;
    // What a layer got, in fp32 and, while it is cast, in 16 bits; what the policy has of a layer is there in the end, too.
    const more = highest(6) - highest(5);
    expect(more).toBeGreaterThanOrEqual(4 * state);
    expect(more).toBeLessThanOrEqual((4 + 2) * state);
  });

  test("keeps of all that the policy's log-probabilities alone for backward, as numbers made before do", () => {
    const [off, before] = (["adapters-off", "precomputed"] as const).map(
      (reference) => momentOf(pairOf(reference), "forward").liveBytes,
    );
    // Two tensors of the batch.
    expect((before ?? 0) - (off ?? 0)).toBe(2 * 512);
  });

  test("copies logits of the scored tokens of either half for what it reports", () => {
    const highest = (chosen: number): number =>
      momentOf(
        pairOf("precomputed", { sides: { prompt: 256, chosen: 256, rejected: 256, scored: { chosen, rejected: 1 } } }),
        "forward",
      ).peakBytes;
    const [some, more] = [1000, 1100].map(highest);
    expect((more ?? 0) - (some ?? 0)).toBe(100 * architecture.vocab_size * 4);
  });

  test("has a copy that is frozen, of which autocast keeps no casts", () => {
    const asked = (trainer: Partial<Scenario>): Scenario => {
      const { trainer: _, ...rest } = pairOf("copy", { weights: "fp32", sequence_length: 8 });
      return { ...rest, ...trainer };
    };
    const [older, newer] = [asked({ trainer: "trl-0.24" }), asked({})].map(
      (each) => momentOf(each, "forward").peakBytes - momentOf(each, "forward").liveBytes,
    );
    expect(older).toBeLessThan((newer ?? 0) / 2);
  });

  test("is the only objective of that trainer", () => {
    expect(ENGINE.estimate(pairOf("adapters-off", { objective: "kto" }))).toMatchObject({
      code: "unknown-objective",
      sentence: "This engine does not know the objective kto of trl-0.24.",
    });
    expect(ENGINE.estimate(pairOf("adapters-off"))).not.toHaveProperty("refused");
  });

  test("has one table of inverse frequencies, where transformers 5 has a copy beside it", () => {
    const { trainer: _, sides: __, ...newer } = pairOf("adapters-off");
    const loaded = (asked: Scenario): number => momentOf(asked, "load").liveBytes;
    expect(loaded(newer) - loaded(pairOf("adapters-off"))).toBe(512);
  });
});

test("without a graph two rows of 16-bit log-probabilities are there at a time, and none is left", () => {
  const tape = emptyTape();
  const logits = bind(given(tape, shapeOf("b", "s", 1000)));
  const index = given(tape, shapeOf("b", "s"), { dtype: "int64", trained: false });
  const [made, left] = [madeFromNow(tape), leftFromNow(tape)];
  bind(withRecording(tape.autograd, false, () => selectiveLogSoftmax(logits, index)));
  expect(made()).toEqual(["each other row×s bf16", "s×1000 bf16", "s×1000 bf16", "s bf16", "b×s bf16"]);
  expect(left()).toEqual(["b×s bf16"]);
});

test("a node lets go of what it saved before its backward ends", () => {
  const tape = emptyTape();
  const left = leftFromNow(tape);
  const x = bind(square(given(tape, shapeOf("b"), { dtype: "fp32" })));
  const result = bind(square(x));
  unname(x);
  const before = left().length;
  if (result.node === null) throw new Error("a square is recorded");
  unsave(result.node, x);
  expect([before - left().length, result.node.saved]).toEqual([1, []]);
});
