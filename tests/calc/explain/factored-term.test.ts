import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Alive, factorTerm, summandsOf, type FactoredTerm } from "#calc/explain/factored-term.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import { type AliveTensors, peakOf } from "#calc/model/timeline.ts";
import type { Term, TermId } from "#calc/model/terms.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { evaluateFormula } from "../evaluate-formula.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { arbitraryScenario } from "../step/arbitrary-scenario.ts";
import { EXPLAINED } from "../step/explained-scenarios.ts";
import { tried } from "../../tried.ts";

type Led = Readonly<{ term: Term; factored: FactoredTerm; alive: readonly AliveTensors[] }>;

/** The terms of a scenario, each led to its tensors; none where the figures come from no step. */
const ledOf = (asked: Scenario): readonly Led[] => {
  const estimate = estimated(ENGINE.estimate(asked));
  const step = ENGINE.explainedStep({ scenario: asked, estimate });
  if (step === null) return [];
  const points = ENGINE.timeline(step);
  const peak = peakOf(points);
  const inForward = points.filter(({ phase }) => phase === "forward");
  const alive: Alive = {
    atPeak: ENGINE.explainPeak(step, peak),
    otherwise: inForward.length === 0 ? [] : ENGINE.explainPeak(step, peakOf(inForward)),
  };
  return estimate.terms.map((term) => ({
    term,
    factored: factorTerm(term, alive),
    alive: alive.atPeak.filter((each) => each.term === term.id),
  }));
};

const ledTo = (asked: Scenario, id: TermId): Led => {
  const found = ledOf(asked).find(({ term }) => term.id === id);
  if (found === undefined) throw new Error(`no term ${id}`);
  return found;
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

const productOf = ({ factors }: FactoredTerm["products"][number]): number =>
  factors.reduce((product, { value }) => product * value, 1);

/** Factors multiply and add up to the bytes of a term, and each last factor is what its tensors add up to. */
const expectWhole = ({ term, factored, alive }: Led): void => {
  for (const product of factored.products) {
    expect(sum(product.parts.map(({ each }) => each))).toBe(product.unit.value);
    expect(sum(product.parts.map(({ bytes }) => bytes))).toBe(productOf(product));
    for (const { each } of product.parts) expect(each).toBeGreaterThan(0);
  }
  const onTape = alive.filter(({ unit }) => unit !== "");
  const led = sum(factored.products.map(productOf)) + factored.rest.bytes;
  expect(led).toBe(sum(onTape.map(({ bytes }) => bytes)));
  expect(factored.rest.bytes).toBeGreaterThanOrEqual(sum(factored.rest.tensors.map(({ bytes }) => bytes)));
  if (term.id === "logits" || term.id === "activations") {
    expect(led).toBe(term.bytes);
    expect(evaluateFormula(term.formula)).toBe(term.bytes);
  }
};

describe("The factors of a term", () => {
  tried("multiply and add up to its bytes, and tensors to the last of them", { quick: 200, thorough: 1000 }, (runs) =>
    fc.assert(
      fc.property(arbitraryScenario, (asked) => {
        // Of layers checkpointed one in so many, the list at the optimizer's step has gradients that are gone by then.
        fc.pre(typeof asked.selective !== "number");
        ledOf(asked).forEach(expectWhole);
      }),
      runs,
    ),
  );

  test.each(EXPLAINED)("of %s do so as well", (_, asked) => ledOf(asked).forEach(expectWhole));

  test("are none under the flat accounting, which runs no step", () => {
    expect(ledOf(scenario({ accounting: "bytes-per-parameter" }))).toEqual([]);
  });
});

const LLAMA = FULL_CATALOG.models["llama-3.1-8b"]?.architecture ?? LLAMA_2_7B;
const lora = scenario({ architecture: LLAMA, method: loraMethod(), micro_batch_size: 1, sequence_length: 2048 });

describe("The logits of Llama 3.1 8B, one row of 2,048 tokens", () => {
  const { term, factored } = ledTo(lora, "logits");
  const [product] = factored.products;

  test("are 1 × 2,048 × 128,256 × 12 B, and 512 B for the loss itself", () => {
    expect(product?.factors.map(({ name, value, key }) => [name, value, key])).toEqual([
      ["rows", 1, "micro_batch_size"],
      ["tokens", 2048, "sequence_length"],
      ["vocabulary", 128_256, "vocab_size"],
      ["bytes per logit", 12, "b*s × 128256"],
    ]);
    expect(term.bytes).toBe(1 * 2048 * 128_256 * 12 + 512);
    expect(factored.rest).toMatchObject({ bytes: 512, tensors: [{ op: "nll_loss", bytes: 512 }] });
  });

  test("take 12 B in backward: log-probabilities and two gradients, the last of which makes the peak", () => {
    const fp32 = { each: 4, bytes: 2048 * 128_256 * 4 };
    expect(product?.parts.toSorted((one, other) => (one.tensors.op < other.tensors.op ? -1 : 1))).toMatchObject([
      { ...fp32, tensors: { op: "log_softmax", made: "forward", newest: false } },
      { ...fp32, tensors: { op: "log_softmax backward", made: "backward", newest: true } },
      { ...fp32, tensors: { op: "nll_loss backward", made: "backward", newest: false } },
    ]);
  });

  test("take 10 B in forward: logits, their fp32 copy, log-probabilities", () => {
    expect(product?.otherwise.map(({ tensors, each }) => `${each} ${tensors.op}`).toSorted()).toEqual([
      "2 mm",
      "4 log_softmax",
      "4 to",
    ]);
    const forward = estimated(ENGINE.estimate(lora)).moments.find(({ id }) => id === "forward");
    // Beside them padded labels, 2,049 × 8 B in whole blocks, and two scalars.
    expect(forward?.terms.logits).toBe(2048 * 128_256 * 10 + 33 * 512 + 2 * 512);
  });
});

const LOSSES: readonly (readonly [name: string, patch: Partial<Scenario>, each: readonly number[]])[] = [
  ["of transformers 4.45", { loss: { kind: "full", transformers: "4.45", outputsKept: false } }, [12]],
  [
    "in the logits' own type",
    { loss: { kind: "full", transformers: "none", outputsKept: false }, autocast: false },
    [6],
  ],
  ["over the logits", { loss: { kind: "inplace" } }, [6]],
  ["of one chunk", { loss: { kind: "chunked", chunks: 1 } }, [12]],
];

test.each(LOSSES)("bytes per logit of a loss %s are those of its tensors", (_, patch, each) => {
  const { factored } = ledTo({ ...lora, ...patch }, "logits");
  expect(factored.products.map(({ unit }) => unit.value)).toEqual(each);
});

test("Activations under checkpointing are layers' outputs, 2 B for each value of the hidden size, and what the last norm holds", () => {
  const { factored } = ledTo(lora, "activations");
  expect(factored.products[0]?.factors.map(({ value }) => value)).toEqual([1, 2048, 4096, 68]);
  expect(factored.products[0]?.parts[0]).toMatchObject({ each: 62, tensors: { module: "layer", count: 31 } });
});

test("A summand is what lies between plus signs outside brackets", () => {
  const [a, b] = [1, 2].map((value) => ({ name: String(value), value, origin: "constant" as const }));
  if (a === undefined || b === undefined) throw new Error("two inputs");
  expect(summandsOf([a, " × ", "(", a, " + ", b, ")", " + ", b])).toEqual([[a, " × ", "(", a, " + ", b, ")"], [b]]);
  expect(summandsOf([])).toEqual([]);
});
