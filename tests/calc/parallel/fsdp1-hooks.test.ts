import { expect, test } from "vitest";
import { fsdp1Hooks } from "#calc/parallel/fsdp1-hooks.ts";
import type { RankOptions } from "#calc/model/step-options.ts";
import { EARLIER_MICRO_STEP } from "#calc/step/program.ts";
import { backward } from "#calc/tape/backward.ts";
import { addHooks } from "#calc/tape/create-tape.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { mul } from "#calc/tape/ops/arithmetic.ts";
import { sumTo } from "#calc/tape/ops/reductions.ts";
import { parameter } from "#calc/tape/parameter.ts";
import { beginMicroStep } from "#calc/tape/run-state.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import type { RankHooks, Tape, Tensor } from "#calc/tape/tape.ts";
import { emptyTape, given } from "../on-paper.ts";
import { rankOptions } from "./rank-options.ts";

const MATRIX = shapeOf(64, 64);

type Layer = Readonly<{ tape: Tape; hooks: RankHooks; weights: readonly Tensor[] }>;

/** Two ranks, and a layer of so many matrices that are trained. */
const layerOf = (count: number, patch: Partial<RankOptions> = {}): Layer => {
  const tape = emptyTape();
  const hooks = fsdp1Hooks(tape, rankOptions({ strategy: "fsdp1", ...patch }));
  addHooks(tape.hooks, { ranks: hooks });
  const weights = Array.from({ length: count }, (_, index) =>
    parameter(tape, { name: `${index}.weight`, shape: MATRIX, dtype: "bf16", term: "weights", trained: true }),
  );
  return { tape, hooks, weights };
};

/** The flat gradients that were made, and how many elements each has. */
const flatOf = ({ recorder: { ledger } }: Tape): readonly unknown[] =>
  ledger.log.flatMap(({ op, shape }, index) =>
    ledger.signs[index] === 1 && (op === "cat" || op === "reduce-scatter") ? [[op, shape.factor]] : [],
  );

/** Runs a micro step of such a layer. */
const runMicroStep = ({ tape, hooks, weights }: Layer, microStep = 0): void => {
  beginMicroStep(tape.position, { microStep, endsStep: false });
  scoped(tape, () => {
    const [input] = hooks.enter(0, [given(tape, MATRIX)]);
    const output = weights.reduce((x, weight) => bind(mul(x, weight)), input);
    backward(bind(sumTo(hooks.leave(0, output), shapeOf(1))));
    return null;
  });
};

/** What a step of such a layer makes of flat gradients. */
const flatOfStep = (count: number): readonly unknown[] => {
  const layer = layerOf(count);
  runMicroStep(layer);
  return flatOf(layer.tape);
};

/** @see torch/distributed/fsdp/_flat_param.py: a gradient of the flat parameter is the concatenation of its views' gradients */
test("Gradients of several parameters are put together before they are reduced, that of a single one is reduced as it is", () => {
  expect(flatOfStep(1)).toEqual([["reduce-scatter", (64 * 64) / 2]]);
  expect(flatOfStep(2)).toEqual([
    ["cat", 2 * 64 * 64],
    ["reduce-scatter", 64 * 64],
  ]);
});

/** @see torch/distributed/fsdp/_runtime_utils.py, `_post_backward_hook` */
test("Under no_sync a micro step puts gradients together and reduces nothing, that which LitGPT's loop still holds neither; the last reduces once", () => {
  const layer = layerOf(2, { noSync: true });
  const cat = ["cat", 2 * 64 * 64];
  runMicroStep(layer, EARLIER_MICRO_STEP);
  expect(flatOf(layer.tape)).toEqual([cat]);
  runMicroStep(layer, 0);
  expect(flatOf(layer.tape)).toEqual([cat, cat]);
  runMicroStep(layer, 1);
  expect(flatOf(layer.tape)).toEqual([cat, cat, cat, ["reduce-scatter", 64 * 64]]);
});

test("A unit whose parameters get no gradients has nothing to reduce", () => {
  const { tape, hooks, weights } = layerOf(2);
  hooks.enter(0, [given(tape, MATRIX)]);
  for (const { node } of weights) node?.leaf?.arrived?.();
  expect(flatOf(tape)).toEqual([]);
});
