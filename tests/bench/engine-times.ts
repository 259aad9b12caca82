import { compileStep } from "#calc/step/compile-step.ts";
import { evaluateStep } from "#calc/step/evaluate-step.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { decodeLink } from "#scenario/url.ts";
import { modelArchitecture } from "#scenario/model-architecture.ts";
import { toAnswer } from "#scenario/to-answer.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/choices.ts";
import type { Scenario } from "#calc/scenario.ts";

const WARM_UP = 30;
const REPEATS = 200;

/** Scenarios that ask different things of the core: the default, a long one without checkpointing, experts, many GPUs. */
const LINKS = [
  "?v=1",
  "?v=1&model=llama-3.1-70b&seq=32768&ckpt=0",
  "?v=1&model=mixtral-8x7b&method=qlora",
  "?v=1&model=qwen2.5-72b&method=full&gpus=64",
];

/** Milliseconds of each turn of something, after warming up. */
const timesOf = (turn: (index: number) => void, repeats = REPEATS): readonly number[] => {
  for (let index = 0; index < WARM_UP; index++) turn(index);
  const milliseconds: number[] = [];
  for (let index = 0; index < repeats; index++) {
    const start = performance.now();
    turn(index);
    milliseconds.push(performance.now() - start);
  }
  return milliseconds;
};

/** The same choices of an architecture that nothing is remembered of. */
const withNewArchitecture = (choices: Choices): Choices => ({
  ...choices,
  model: { kind: "architecture", architecture: { ...modelArchitecture(choices.model, FULL_CATALOG) } },
});

const scenarioOf = (choices: Choices): Scenario => {
  const { methods } = toAnswer(choices, FULL_CATALOG);
  const focused = methods.find(({ method }) => method === choices.method) ?? methods[0];
  if (focused === undefined) throw new Error("an answer has a method");
  return focused.scenario;
};

export type EngineTimes = Readonly<{ link: string; compile: readonly number[]; evaluate: readonly number[]; cold: readonly number[]; warm: readonly number[]}>;

/** Milliseconds that compiling a step, evaluating it at a point, and one answer (every method shown, held against the card) take, link by link. */
export const engineTimes = (): readonly EngineTimes[] =>
  LINKS.map((link) => {
    const { value: choices } = decodeLink(link, FULL_CATALOG);
    const options = stepOptionsOf(scenarioOf(choices), false);
    const compiled = compileStep(options);
    const EACH = 100;
    return {
      link,
      compile: timesOf(() => compileStep(options)),
      evaluate: timesOf((index) => {
        for (let each = 0; each < EACH; each++)
          evaluateStep(compiled, { micro_batch_size: 1 + (each % 8), sequence_length: 64 * (index + 1) });
      }).map((milliseconds) => milliseconds / EACH),
      cold: timesOf(() => toAnswer(withNewArchitecture(choices), FULL_CATALOG)),
      warm: timesOf((index) => toAnswer({ ...choices, seq: 64 * (1+index) }, FULL_CATALOG)),
    };
  });
