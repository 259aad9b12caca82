import { describe, expect, test } from "vitest";
import { inContext, withoutAutocast } from "#calc/tape/autocast.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { withCheckpoint, withOutputs, withRerun } from "#calc/tape/checkpoint.ts";
import { createTape } from "#calc/tape/create-tape.ts";
import { enterLayer } from "#calc/tape/segments.ts";
import { beginBackward, beginMicroStep, beginPass } from "#calc/tape/run-state.ts";
import { withMarks, withinBackwards, withinModule } from "#calc/tape/recorder.ts";
import { call, scoped, withHolding } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Checkpoint, Tape } from "#calc/tape/tape.ts";
import { fresh, freshBy } from "#calc/tape/tensor.ts";

const begin = (): Tape => {
  const policies = { fakeTensors: true, singleRow: false, singleChunk: false, paddedChunk: false };
  const tape = createTape({ ...policies, gradientShare: 1 }, { chunkSize: 1, keepsGraph: false });
  enterLayer(tape, -1);
  return tape;
};

const CHECKPOINT: Checkpoint = {
  slots: [],
  count: 0,
  filled: false,
  wanted: [],
  users: 0,
  inputs: [],
  kept: [],
  restore: () => undefined,
  rerun: () => undefined,
};

/** Runs something of a run in some other way. */
type With = (tape: Tape, body: () => null) => void;

/** Each with what it changes, while its body runs. */
const WITHS: Readonly<Record<string, readonly [run: With, state: (tape: Tape) => unknown, inside: unknown]>> = {
  within: [
    ({ recorder }, body) => withMarks(recorder, { term: "logits", op: "mm", module: "lm_head" }, body),
    ({ recorder: { term, op, module } }) => [term, op, module],
    ["logits", "mm", "lm_head"],
  ],
  "within, in part": [
    ({ recorder }, body) => withMarks(recorder, { op: "mm" }, body),
    ({ recorder: { term, op, module } }) => [term, op, module],
    ["activations", "mm", ""],
  ],
  withinModule: [
    ({ recorder }, body) => withinModule(recorder, "model", { forward: body, inputs: [] }),
    ({ recorder }) => recorder.module,
    "model",
  ],
  withinBackwards: [
    ({ recorder }, body) =>
      withinBackwards(recorder, [{ name: "mm", term: "logits", module: "lm_head" }], () => void body()),
    ({ recorder: { term, op, module } }) => [term, op, module],
    ["logits", "mm backward", "lm_head"],
  ],
  call: [
    (tape, body) => call("model", (input) => (input.alive ? body() : null), fresh(tape, shapeOf(1), "fp32")),
    ({ recorder }) => recorder.module,
    "model",
  ],
  withRecording: [
    ({ autograd }, body) => withRecording(autograd, false, body),
    ({ autograd }) => autograd.recording,
    false,
  ],
  withHolding: [({ names }, body) => withHolding(names, true, body), ({ names }) => names.holding, true],
  withCheckpoint: [
    ({ checkpoints }, body) => withCheckpoint(checkpoints, CHECKPOINT, body),
    ({ checkpoints }) => checkpoints.running,
    CHECKPOINT,
  ],
  withRerun: [
    ({ checkpoints }, body) => withRerun(checkpoints, { checkpoint: CHECKPOINT, next: 0, made: [] }, body),
    ({ checkpoints }) => checkpoints.rerun?.checkpoint ?? null,
    CHECKPOINT,
  ],
  withOutputs: [
    ({ checkpoints }, body) => withOutputs(checkpoints, (_, make) => make(), body),
    ({ checkpoints }) => checkpoints.makeOutput !== null,
    true,
  ],
  inContext: [
    (tape, body) => inContext(tape, { element: "bf16", casts: new Map() }, body),
    ({ autocast }) => [autocast.element, autocast.casts.length],
    ["bf16", 1],
  ],
  withoutAutocast: [
    (tape, body) =>
      inContext(tape, { element: "bf16", casts: new Map() }, () => {
        withoutAutocast(tape, body);
        return null;
      }),
    ({ autocast }) => autocast.element,
    null,
  ],
};

describe.each(Object.entries(WITHS))("%s", (_, [run, state, inside]) => {
  test("changes a run while its body runs", () => {
    const tape = begin();
    const before = state(tape);
    let seen: unknown = "not run";
    run(tape, () => {
      seen = state(tape);
      return null;
    });
    expect(seen).toEqual(inside);
    expect(state(tape)).toEqual(before);
  });

  test("puts it back where the body throws", () => {
    const tape = begin();
    const before = state(tape);
    const stop = (): never => {
      throw new Error("stopped in the middle");
    };
    expect(() => run(tape, stop)).toThrow("stopped in the middle");
    expect(state(tape)).toEqual(before);
  });
});

describe("In whose name a tensor is made", () => {
  test("is what all around it says, or what it says itself", () => {
    const tape = begin();
    withMarks(tape.recorder, { op: "softmax", module: "attn" }, () => {
      const made = [
        fresh(tape, shapeOf(8), "fp32"),
        freshBy(tape, { name: "mm", shape: shapeOf(8), dtype: "fp32" }),
        freshBy(tape, { name: "dequantize", shape: shapeOf(8), dtype: "fp32", term: "workspace" }),
      ];
      expect(made.map(({ storage: { term, op, module } }) => [term, op, module])).toEqual([
        ["activations", "softmax", "attn"],
        ["activations", "mm", "attn"],
        ["workspace", "dequantize", "attn"],
      ]);
    });
  });
});

describe("Where a run stands", () => {
  test("is what its segments are told apart by", () => {
    const tape = begin();
    beginMicroStep(tape.position, { microStep: 1, endsStep: true });
    beginPass(tape.position, "train");
    enterLayer(tape, 0);
    scoped(tape, () => fresh(tape, shapeOf(8), "fp32"));
    beginBackward(tape.position);
    enterLayer(tape, 3);
    const keys = tape.recorder.ledger.segments.map(({ pass, phase, microStep, layer }) => [
      pass,
      phase,
      microStep,
      layer,
    ]);
    expect(keys).toEqual([
      [null, "load", 0, -1],
      ["train", "forward", 1, 0],
      ["train", "backward", 1, 3],
    ]);
  });
});
