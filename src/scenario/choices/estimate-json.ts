// The JSON that `estimate --json` prints and the page exports.

import type { ParameterFormat } from "#calc/base/dtypes.ts";
import { type OptimizerId, METHODS, type MethodId } from "#calc/model/scenario.ts";
import type { Choices, LinkKey } from "#scenario/keys/choices.ts";
import type { Resolved } from "./resolve-stack.ts";
import { settle } from "./settle.ts";
import { LINK_KEYS, linkTexts, encodeLink } from "./encode-link.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { answerIssues } from "./answer-issues.ts";
import { cannotRunWords } from "./cannot-run.ts";
import { ranksPerModel } from "#calc/model/division.ts";
import { type Answer, type AnswerGpu, type MethodAnswer, notKnownSentence } from "./answer.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { nearestNames } from "./not-known.ts";
import { type StackLibrary, stackLibrary } from "#catalog/stack-library.ts";
import { isStackId } from "#catalog/stacks.ts";

/** A value as a link spells it: what is a number there is one here. null: the key has none. */
export type LinkValue = string | number | null;

/** What each state is kept in where neither the user nor the stack says so: the optimizer's own way, or the trained parameters' dtype. */
const STATE_FORMATS: Partial<Record<OptimizerId, ParameterFormat>> = {
  adamw_bnb_8bit: "int8",
  paged_adamw_8bit: "int8",
  sgd: 0,
};

/** The choices of the method in focus with nothing left open, and what is run in the place of what was asked for in vain. Gradients and states follow what is trained: all weights, or the adapters. */
const settled = (choices: Choices, resolved: Resolved): Choices => {
  const trained = choices.method === "full" ? resolved.weights : resolved.adapters;
  return settle({
    ...choices,
    ...resolved,
    grads: resolved.grads ?? trained,
    states: resolved.states ?? STATE_FORMATS[resolved.optim] ?? trained,
  });
};

const isNumber = (text: string): boolean => text !== "" && String(Number(text)) === text;

const toValue = (text: string | undefined): LinkValue => {
  if (text === undefined || text === "") return null;
  return isNumber(text) ? Number(text) : text;
};

/**
 * Every key of the link with its value after all defaults, those of stack, card and model included.
 *
 * @param resolved the choices of the method in focus; null where something asked for is not known: what a library or a card decides then stays open
 */
export const linkValues = (choices: Choices, resolved: Resolved | null): Readonly<Record<LinkKey, LinkValue>> => {
  const texts = linkTexts(resolved === null ? choices : settled(choices, resolved));
  const values = LINK_KEYS.map((key) => [key, toValue(texts[key])] as const);
  // Object.fromEntries does not say that each key is there.
  return Object.fromEntries(values) as Readonly<Record<LinkKey, LinkValue>>;
};

/** How GPUs divide one model, and of a pipeline what each stage takes at its peak; layers are counted from 1. */
const divisionJson = ({ scenario }: MethodAnswer) => {
  if (scenario.division === undefined) return {};
  const { tp_size: tp, sequence_parallel: sp, cp_size: cp, pp_size: pp } = scenario.division;
  const { ulysses_size: ulysses = 1, loss_parallel: lossParallel = false, ep_size: ep = 1 } = scenario.division;
  const stages = ENGINE.stagePeaks(scenario).map(({ from, to, inFlight, peakBytes }) => ({
    layers: [from + 1, to] as const,
    microBatches: inFlight,
    peakBytes,
  }));
  return {
    division: {
      tp,
      sp,
      cp,
      pp,
      ulysses,
      ep,
      lossParallel,
      data: scenario.gpus / ranksPerModel(scenario.division),
      stages,
    },
  };
};

/** The whole run of a method, moment by moment; nothing where no moment outside the step is asked for. */
const runJson = ({ run }: MethodAnswer) => {
  if (run === undefined) return {};
  const { peakBytes, peakMoment, fit, headroomBytes } = run;
  const moments = run.moments.map((moment) => ({
    id: moment.id,
    liveBytes: moment.liveBytes,
    peakBytes: moment.peakBytes,
    hostBytes: moment.hostBytes,
    basis: moment.basis,
    ...(moment.perBatchBytes !== undefined && { perBatchBytes: moment.perBatchBytes }),
    ...(moment.warmUpBytes !== undefined && { warmUpBytes: moment.warmUpBytes }),
    onCardBytes: moment.onCardBytes,
    fit: moment.fit,
    headroomBytes: moment.headroomBytes,
    ...(moment.otherRule !== null && { notKnown: moment.otherRule }),
  }));
  return { run: { peakBytes, peakMoment, worstMoment: run.worst.id, fit, headroomBytes, moments } };
};

/** One method of `estimate --json`. Bytes are whole numbers, per GPU. */
const methodJson = (answer: MethodAnswer, gpu: AnswerGpu) => {
  const { method, scenario, estimate, card } = answer;
  return {
    method,
    params: estimate.params,
    trainableParams: estimate.trainableParams,
    peakBytes: estimate.peakBytes,
    peakMoment: estimate.peakMoment,
    basis: estimate.basis,
    neededBytes: estimate.neededBytes,
    reservedBytes: estimate.reservedBytes,
    onCardBytes: estimate.onCardBytes,
    onCardRangeBytes: estimate.onCardRangeBytes,
    terms: estimate.terms.map(({ id, bytes }) => ({ id, bytes })),
    moments: estimate.moments.map(({ id, liveBytes, peakBytes }) => ({ id, liveBytes, peakBytes })),
    fit: card.fit,
    headroomBytes: card.headroomBytes,
    cannotRun: card.cannotRun === null ? null : cannotRunWords(card.cannotRun, gpu, scenario.gpus),
    // What is in host memory, where anything is.
    ...(estimate.hostBytes > 0 && { hostBytes: estimate.hostBytes }),
    ...divisionJson(answer),
    ...runJson(answer),
  };
};

/** A method of `estimate --json` with its figures. */
export type KnownMethodJson = ReturnType<typeof methodJson>;

/** The fields that every method has, without a figure. */
type NoFigures = Readonly<{ [Key in Exclude<keyof KnownMethodJson, "method" | "fit" | OfSome>]: null }>;

/** Fields that only some methods have. */
type OfSome = "hostBytes" | "division" | "run";

/** One method of `estimate --json` where something that was asked for is not known. */
type NotKnownJson = NoFigures & Readonly<{ method: MethodId; fit: "not-known" } & { [Key in OfSome]?: undefined }>;

const notKnownJson = (method: MethodId): NotKnownJson => ({
  method,
  params: null,
  trainableParams: null,
  peakBytes: null,
  peakMoment: null,
  basis: null,
  neededBytes: null,
  reservedBytes: null,
  onCardBytes: null,
  onCardRangeBytes: null,
  terms: null,
  moments: null,
  fit: "not-known",
  headroomBytes: null,
  cannotRun: null,
});

/** The methods that have figures: none where something that was asked for is not known. */
export const knownMethods = ({ methods }: Pick<EstimateJson, "methods">): readonly KnownMethodJson[] =>
  methods.filter((method) => method.fit !== "not-known");

/** The object that `estimate --json` prints for a link and that the page gives away; public interface, so that fields are only ever added. */
export type EstimateJson = Readonly<{
  version: 1;
  link: string;
  scenario: Readonly<Record<string, LinkValue>>;
  issues: readonly Issue[];
  /** `usableBytes`: null where the GPU is not known. */
  gpu: Readonly<{ id: string; name: string; usableBytes: number | null; estimated: boolean }>;
  /** Whose behavior is estimated, with its version and month ("2026-10"): both null for a loop of one's own. null where the library asked for is not known. */
  library: StackLibrary | null;
  /** A sentence where something that was asked for is not known: then every `fit` is `not-known` and every figure null. Else null. */
  notKnown: string | null;
  /** Known names near to what is not known, up to five; empty where all is known. */
  nearest: readonly string[];
  /** The parts that the figures do not include, a sentence each. */
  notCounted: readonly string[];
  methods: readonly (KnownMethodJson | NotKnownJson)[];
}>;

/**
 * @param issues those of the link; the answer's own are added
 * @returns `link` is the canonical one, whatever the input looked like
 */
export const estimateJson = (answer: Answer, issues: readonly Issue[]): EstimateJson => {
  const { choices, gpu, notKnown, methods } = answer;
  const isKnown = notKnown.length === 0;
  return {
    version: 1,
    link: encodeLink(choices),
    scenario: linkValues(choices, isKnown ? answer.resolved : null),
    issues: [...issues, ...(isKnown ? answerIssues(answer) : [])],
    gpu: {
      id: gpu.id,
      name: gpu.name,
      usableBytes: notKnown.some(({ key }) => key === "gpu" || key === "vram") ? null : gpu.usableBytes,
      estimated: gpu.estimated,
    },
    library: choices.unknown.stack === undefined && isStackId(choices.stack) ? stackLibrary(choices.stack) : null,
    notKnown: isKnown ? null : notKnownSentence(notKnown),
    nearest: nearestNames(notKnown),
    notCounted: answer.notCounted,
    methods: isKnown
      ? methods.map((method) => methodJson(method, gpu))
      : METHODS.filter((method) => choices.show.includes(method)).map(notKnownJson),
  };
};
