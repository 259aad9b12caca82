import { describe, expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { createEngine } from "#calc/engine.ts";
import { EVERYTHING } from "#calc/everything.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { runOtherModel, addHooks } from "#calc/tape/create-tape.ts";
import { enterLayer } from "#calc/tape/segments.ts";
import { noteLayerLikeness } from "#calc/tape/run-state.ts";
import { logMixture } from "#calc/tape/ops/log-softmax.ts";
import { timesConstant } from "#calc/tape/ops/arithmetic.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind } from "#calc/tape/scope.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { emptyTape, given, inWords, leftFromNow, madeBackward, madeFromNow, tally } from "../../on-paper.ts";
import { loraMethod, scenario } from "../../scenario.ts";

const { architecture } = scenario();

const withLayers = (
  num_hidden_layers: number,
  weights: "bf16" | "fp32" = "bf16",
): NonNullable<Scenario["teacher"]> => ({
  architecture: { ...architecture, num_hidden_layers },
  weights,
});

/** A student with adapters. */
const studentOf = (changed: Partial<Scenario> = {}): Scenario =>
  scenario({
    objective: "distill",
    method: loraMethod(),
    micro_batch_size: 1,
    sequence_length: 128,
    teacher: withLayers(2),
    ...changed,
  });

const weightsOf = (asked: Scenario): number =>
  estimated(ENGINE.estimate(asked)).terms.find(({ id }) => id === "weights")?.bytes ?? 0;

const forwardOf = (asked: Scenario) => {
  const moments = ENGINE.simulate(asked, FAKE_TENSORS);
  const [loaded, forward] = ["load", "forward"].map((moment) => moments.find(({ id }) => id === moment));
  if (loaded === undefined || forward === undefined) throw new Error("load and forward are moments");
  return { live: forward.liveBytes - loaded.liveBytes, peak: forward.peakBytes - loaded.liveBytes };
};

describe("a teacher", () => {
  test("is its own weights beside the student's, as it is loaded", () => {
    const student = weightsOf(scenario({ method: loraMethod() }));
    const taught = (...teacher: Parameters<typeof withLayers>): number =>
      weightsOf(studentOf({ teacher: withLayers(...teacher) })) - student;
    const layer = taught(3) - taught(2);
    expect(taught(7) - taught(2)).toBe(5 * layer);
    expect(taught(2, "fp32")).toBe(2 * taught(2));
  });

  test("is the model itself in fp32 where nobody names one", () => {
    const { teacher: _, ...unnamed } = studentOf();
    const named = { ...unnamed, teacher: { architecture, weights: "fp32" } } as const;
    expect(ENGINE.estimate(unnamed)).toEqual(ENGINE.estimate(named));
  });

  test("leaves its logits, however many layers it has", () => {
    const [short, long] = [2, 5].map((layers) => forwardOf(studentOf({ teacher: withLayers(layers) })));
    expect(short).toEqual(long);
    expect(short?.peak).toBeGreaterThan(15 * 127 * architecture.vocab_size * 4);
  });

  test("has whole logits beside it, whatever loss was asked for", () => {
    const trl = studentOf({ loss: { kind: "fused", kernel: "trl" } });
    expect(forwardOf(trl)).toEqual(forwardOf(studentOf()));
  });

  test("runs in each micro step", () => {
    const moments = ENGINE.simulate(studentOf({ gradient_accumulation_steps: 2 }), FAKE_TENSORS);
    expect(moments.map(({ id }) => id).join(" ")).toBe("load forward backward forward backward step zero");
  });
});

test("a teacher of a type that an engine was made without is refused by its name", () => {
  const opt = { architecture: { ...architecture, model_type: "opt" }, weights: "bf16" } as const;
  const withoutUnknown = EVERYTHING.families.filter(({ model_types }) =>
    Object.hasOwn(model_types, architecture.model_type),
  );
  const engine = createEngine({ ...EVERYTHING, families: withoutUnknown });
  expect(engine.estimate(studentOf({ teacher: opt }))).toMatchObject({ code: "unknown-model", subject: "opt" });
  expect(engine.estimate(studentOf())).not.toHaveProperty("refused");
});

describe("a model that runs apart", () => {
  test("begins no segment, says nothing of the model's layers, and meets no hooks of ranks", () => {
    const tape = emptyTape();
    const ranks = {} as NonNullable<typeof tape.hooks.ranks>;
    addHooks(tape.hooks, { ranks });
    const segments = tape.recorder.ledger.segments.length;
    const during = runOtherModel(tape, () => {
      enterLayer(tape, 7);
      noteLayerLikeness(tape.layers, false);
      return [tape.hooks.ranks, tape.recorder.ledger.segments.length - segments, tape.layers.alike];
    });
    expect(during).toEqual([null, 0, true]);
    expect(tape.hooks.ranks).toBe(ranks);
  });

  test("is over even where it throws", () => {
    const tape = emptyTape();
    expect(() =>
      runOtherModel(tape, () => {
        throw new Error("no more");
      }),
    ).toThrow("no more");
    expect(tape.layers.apart).toBe(false);
  });
});

test("a mixture of two distributions keeps their stack and itself; its backward makes three tensors of the stack's size", () => {
  const tape = emptyTape();
  const [a, b] = [true, false].map((trained) => given(tape, shapeOf("b", "s-1", 100), { dtype: "fp32", trained }));
  if (a === undefined || b === undefined) throw new Error("there are two");
  const [made, left] = [madeFromNow(tape), leftFromNow(tape)];
  const mixture = bind(logMixture(a, b));
  expect(tally(made())).toEqual({ "2×b×s-1×100 fp32": 2, "b×s-1×100 fp32": 2 });
  expect(left()).toEqual(["2×b×s-1×100 fp32", "b×s-1×100 fp32"]);
  expect(madeBackward(mixture)).toEqual(Array.from({ length: 3 }, () => "2×b×s-1×100 fp32"));
});

test("a product with a number that is a tensor keeps that alone", () => {
  const tape = emptyTape();
  const number = given(tape, shapeOf(1), { dtype: "fp32", trained: false });
  const product = bind(timesConstant(given(tape, shapeOf("b"), { dtype: "fp32" }), number));
  expect(product.node?.saved.map(inWords)).toEqual(["1 fp32"]);
  expect(madeBackward(product)).toEqual(["b fp32"]);
});
