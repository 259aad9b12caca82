import type { Scenario } from "#calc/scenario.ts";
import { compileStep } from "#calc/step/compile-step.ts";
import { evaluateStep } from "#calc/step/evaluate-step.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/choices.ts";
import { modelArchitecture } from "#scenario/model-architecture.ts";
import { toAnswer } from "#scenario/to-answer.ts";
import { decodeLink } from "#scenario/url.ts";
import { derivePage } from "./derive-page.ts";

/** For so long turns do not count: JavaScript's own compiler is at work on the engine for about a thousand of them. */
const WARM_UP_MILLISECONDS = 1500;
const REPEATS = 300;

/** Scenarios that ask different things of the core: the default, a long one without checkpointing, experts, many GPUs. */
const LINKS = [
  "?v=1",
  "?v=1&model=llama-3.1-70b&seq=32768&ckpt=0",
  "?v=1&model=mixtral-8x7b&method=qlora",
  "?v=1&model=qwen2.5-72b&method=full&gpus=64",
];

/** Milliseconds of each turn, after warming up; of one of `each` that a turn does at once where one is too short for the clock. */
const timesOf = (turn: (index: number) => void, each = 1): readonly number[] => {
  const milliseconds: number[] = [];
  const begun = performance.now();
  for (let index = 0; milliseconds.length < REPEATS; index++) {
    const start = performance.now();
    for (let once = 0; once < each; once++) turn(index * each + once);
    if (start - begun > WARM_UP_MILLISECONDS) milliseconds.push((performance.now() - start) / each);
  }
  return milliseconds;
};

/** The same choices of an architecture that nothing is remembered of. */
const withNewArchitecture = (choices: Choices): Choices => ({
  ...choices,
  model: { kind: "architecture", architecture: { ...modelArchitecture(choices.model, FULL_CATALOG) } },
});

const focusedScenario = (choices: Choices): Scenario => {
  const { methods } = toAnswer(choices, FULL_CATALOG);
  const focused = methods.find(({ method }) => method === choices.method) ?? methods[0];
  if (focused === undefined) throw new Error("an answer has a method");
  return focused.scenario;
};

/** Lengths that no two turns in a row share. */
const lengthAt = (index: number): number => 64 * (1 + (index % 97));
const POINTS = 100;

type EngineTimes = Readonly<{
  link: string;
  compile: readonly number[];
  evaluate: readonly number[];
  cold: readonly number[];
  warm: readonly number[];
  coldPage: readonly number[];
  warmPage: readonly number[];
}>;

/**
 * Milliseconds, link by link: compiling the step of the focused method; evaluating it at one batch and length; one answer (every method shown,
 * held against the card) of which nothing is remembered; the same when only the length changes; and so everything that the page derives.
 */
export const engineTimes = (): readonly EngineTimes[] =>
  LINKS.map((link) => {
    const { value: choices } = decodeLink(link, FULL_CATALOG);
    const options = stepOptionsOf(focusedScenario(choices), false);
    const compiled = compileStep(options);
    return {
      link,
      compile: timesOf(() => void compileStep(options)),
      evaluate: timesOf(
        (index) => void evaluateStep(compiled, { micro_batch_size: 2, sequence_length: lengthAt(index) }),
        POINTS,
      ),
      cold: timesOf(() => void toAnswer(withNewArchitecture(choices), FULL_CATALOG)),
      warm: timesOf((index) => void toAnswer({ ...choices, seq: lengthAt(index) }, FULL_CATALOG)),
      coldPage: timesOf(() => void derivePage(withNewArchitecture(choices))),
      warmPage: timesOf((index) => void derivePage({ ...choices, seq: lengthAt(index) })),
    };
  });
