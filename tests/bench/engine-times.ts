import { decodeLink } from "#scenario/choices/decode-link.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { compileStep } from "#calc/step/compile-step.ts";
import { walk } from "#calc/step/walk.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { modelArchitecture } from "#scenario/choices/model-architecture.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { derivePage } from "./derive-page.ts";
import { WORKINGS } from "../calc/workings.ts";

/** For so long turns do not count: JavaScript's own compiler is at work on the engine for about a thousand of them. */
const WARM_UP_MILLISECONDS = 1500;
/** A machine that is shared is loud for seconds on end, so that all figures are taken in turn, many times over. */
const ROUNDS = 25;
const REPEATS = 12;
/** Turns of a round that do not count, as others ran before them. */
const SETTLING = 3;

/** Scenarios that ask different things of the core: the default, a long one without checkpointing, experts, many GPUs. */
const LINKS = [
  "?v=1",
  "?v=1&model=llama-3.1-70b&seq=32768&ckpt=0",
  "?v=1&model=mixtral-8x7b&method=qlora",
  "?v=1&model=qwen2.5-72b&method=full&gpus=64",
];

/** What is timed, and how often at once where one turn is too short for the clock. */
type Figure = Readonly<{ turn: (index: number) => void; each?: number }>;

const FIGURES = ["compile", "evaluate", "cold", "warm", "coldPage", "warmPage"] as const;
type FigureName = (typeof FIGURES)[number];

const perFigure = <T>(valueOf: (name: FigureName) => T): Readonly<Record<FigureName, T>> => ({
  compile: valueOf("compile"),
  evaluate: valueOf("evaluate"),
  cold: valueOf("cold"),
  warm: valueOf("warm"),
  coldPage: valueOf("coldPage"),
  warmPage: valueOf("warmPage"),
});

const millisecondsOf = ({ turn, each = 1 }: Figure, index: number): number => {
  const start = performance.now();
  for (let once = 0; once < each; once++) turn(index * each + once);
  return (performance.now() - start) / each;
};

const warmUp = (figure: Figure): void => {
  const begun = performance.now();
  for (let index = 0; performance.now() - begun < WARM_UP_MILLISECONDS; index++) millisecondsOf(figure, index);
};

/** One round's milliseconds of a figure. */
const roundOf = (figure: Figure, round: number): readonly number[] =>
  Array.from({ length: SETTLING + REPEATS }, (_, index) =>
    millisecondsOf(figure, round * (SETTLING + REPEATS) + index),
  ).slice(SETTLING);

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

const figuresOf = (link: string): Readonly<Record<FigureName, Figure>> => {
  const { value: choices } = decodeLink(link, FULL_CATALOG);
  const options = stepOptionsOf(WORKINGS, focusedScenario(choices), false);
  const compiled = compileStep(WORKINGS, options);
  return {
    compile: { turn: () => void compileStep(WORKINGS, options) },
    evaluate: {
      turn: (index) => void walk(compiled, null, { micro_batch_size: 2, sequence_length: lengthAt(index) }),
      each: POINTS,
    },
    cold: { turn: () => void toAnswer(withNewArchitecture(choices), FULL_CATALOG) },
    warm: { turn: (index) => void toAnswer({ ...choices, seq: lengthAt(index) }, FULL_CATALOG) },
    coldPage: { turn: () => void derivePage(withNewArchitecture(choices)) },
    warmPage: { turn: (index) => void derivePage({ ...choices, seq: lengthAt(index) }) },
  };
};

/** Milliseconds of the turns of each round. */
export type Rounds = readonly (readonly number[])[];
type EngineTimes = Readonly<{ link: string; rounds: Readonly<Record<FigureName, Rounds>> }>;

/**
 * Link by link: compiling the step of the focused method; evaluating it at one batch and length; one answer (every method shown,
 * held against the card) of which nothing is remembered; the same when only the length changes; and so everything that the page derives.
 */
export const engineTimes = (): readonly EngineTimes[] => {
  const links = LINKS.map((link) => ({ link, figures: figuresOf(link) }));
  for (const { figures } of links) for (const name of FIGURES) warmUp(figures[name]);
  const rounds = Array.from({ length: ROUNDS }, (_, round) =>
    links.map(({ figures }) => perFigure((name) => roundOf(figures[name], round))),
  );
  return links.map(({ link }, at) => ({
    link,
    rounds: perFigure((name) => rounds.map((round) => round[at]?.[name] ?? [])),
  }));
};
