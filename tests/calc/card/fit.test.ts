import { expect, test } from "vitest";
import { bytes, GIB } from "#calc/base/bytes.ts";
import { frameworkTerm, onCardByReplay, onCardByRule } from "#calc/card/fit.ts";
import { formulaNames } from "#format/formula-text.ts";
import { evaluateFormula } from "../evaluate-formula.ts";

const PEAK = bytes(10 * GIB);

const REPLAYED = onCardByReplay({ neededBytes: 10.5 * GIB, reservedBytes: 12 * GIB }, 1);

test.each([
  {
    run: "by the rule, on one GPU",
    onCard: onCardByRule(PEAK, 1),
    gpus: 1,
    names: "peak × gaps per byte + GiB of CUDA context",
  },
  {
    run: "by the rule, on two GPUs",
    onCard: onCardByRule(PEAK, 2),
    gpus: 2,
    names: "peak × gaps per byte + GiB of CUDA context and NCCL",
  },
  { run: "by a replay", onCard: REPLAYED, gpus: 1, names: "gaps of the allocator + GiB of CUDA context" },
])("$run: the formula of the framework gives its bytes, and names what it is made of", ({ onCard, gpus, names }) => {
  const term = frameworkTerm(PEAK, onCard, gpus);
  expect(PEAK + term.bytes).toBe(onCard.onCardBytes);
  expect(Math.round(evaluateFormula(term.formula))).toBe(term.bytes);
  expect(formulaNames(term.formula)).toBe(`${names} × bytes per GiB`);
});

test("the gaps of a replay are no tensors: they come from the replay", () => {
  expect(frameworkTerm(PEAK, REPLAYED, 1).formula[0]).toEqual({
    name: "gaps of the allocator",
    value: 0.5 * GIB,
    origin: "replay",
  });
});
