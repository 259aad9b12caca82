import { CUDA } from "#calc/base/machine.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { compileStep } from "#calc/step/compile-step.ts";
import { walk } from "#calc/step/walk.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { modelArchitecture } from "#scenario/choices/chosen-model.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { derivePage } from "./derive-page.ts";
import { WORKINGS } from "../calc/workings.ts";

/** Milliseconds for which turns do not count: JavaScript's own compiler is at work on the engine for about a thousand of them; in a quick run, the first hundreds. */
const WARM_UP = { whole: 1500, quick: 300 } as const;
/** A machine that is shared is loud for seconds on end, so that all figures are taken in turn, many times over. */
const ROUNDS = { whole: 25, quick: 7 } as const;
/** Turns of a round: as many as go into so many milliseconds, but for the fewest and the most. */
const ROUND_MILLISECONDS = 60;
const FEWEST = 1;
const MOST = 12;
/** Turns of a round that do not count, as others ran before them: one in so many of those that count. */
const SETTLING_SHARE = 4;

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

/** Lets a figure run until its code is compiled. Returns how many of its turns a round has. */
const warmUp = (figure: Figure, milliseconds: number): number => {
  const begun = performance.now();
  let last = 0;
  for (let index = 0; performance.now() - begun < milliseconds; index++) last = millisecondsOf(figure, index);
  return Math.min(MOST, Math.max(FEWEST, Math.floor(ROUND_MILLISECONDS / (last * (figure.each ?? 1)))));
};

/** One round's milliseconds of a figure. */
const roundOf = (figure: Figure, turns: number, round: number): readonly number[] => {
  const settling = Math.floor(turns / SETTLING_SHARE);
  return Array.from({ length: settling + turns }, (_, index) =>
    millisecondsOf(figure, round * (settling + turns) + index),
  ).slice(settling);
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

const figuresOf = (link: string): Readonly<Record<FigureName, Figure>> => {
  const { value: choices } = decodeLink(link, FULL_CATALOG);
  const options = stepOptionsOf(WORKINGS, focusedScenario(choices), CUDA);
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
export const engineTimes = (form: keyof typeof ROUNDS): readonly EngineTimes[] => {
  const links = LINKS.map((link) => {
    const figures = figuresOf(link);
    return { link, figures, turns: perFigure((name) => warmUp(figures[name], WARM_UP[form])) };
  });
  const rounds = Array.from({ length: ROUNDS[form] }, (_, round) =>
    links.map(({ figures, turns }) => perFigure((name) => roundOf(figures[name], turns[name], round))),
  );
  return links.map(({ link }, at) => ({
    link,
    rounds: perFigure((name) => rounds.map((round) => round[at]?.[name] ?? [])),
  }));
};
