// All figures and sentences that the page shows for its choices, and the list of advice.

import { bytesPerParameter } from "#calc/base/dtypes.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { resolveByStack, stackOf, type Resolved } from "#scenario/choices/resolve-stack.ts";
import type { CardCandidate } from "#advice/gpu-words.ts";
import { type CardNote, unquantizedExperts, answerNotes } from "#advice/answer-notes.ts";
import { countedAs, type CountedAs, methodsDivisionWords } from "#advice/run-assumptions.ts";
import { fitByCard, CARD_CANDIDATES, smallestGpu, usualCard } from "#advice/smallest-gpu.ts";
import {
  fitsOnLabels,
  fewestChosenGpus,
  verdictOfRun,
  verdict,
  type VerdictInput,
  type VerdictMethod,
} from "#advice/verdict.ts";
import { qloraOverLoraInAnswer, type QloraOverLora } from "#advice/qlora-over-lora.ts";
import { once } from "#calc/base/caches.ts";
import { asksFreeMemory } from "#calc/model/scenario-traits.ts";
import { needsNoStrategy } from "#calc/model/division.ts";
import type { Fit } from "#calc/model/memory-estimate.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { stackLibrary, libraryWords } from "#catalog/stack-library.ts";
import { isStackId } from "#catalog/stacks.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import { chosenDivision } from "#scenario/choices/chosen-division.ts";
import { chosenCard } from "#scenario/choices/chosen-gpu.ts";
import type { ExpertsChoice } from "#scenario/keys/values.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { availableCardBytes, vllmShare } from "#scenario/choices/gpu-memory.ts";
import { OBJECTIVE_NAMES } from "#scenario/words/names.ts";
import { resolveByModel, resolveFor } from "#scenario/choices/effective-choices.ts";
import { wholeFitOn } from "#scenario/choices/run-answer.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { focusOf } from "./library-runs.ts";
import { modelModules, type ModelModules } from "./model-modules.ts";
import { catalogFor, internedChoices } from "#service/whole-catalog.ts";

/**
 * Bytes of all optimizer states for one trained parameter of a large matrix, for the method in focus: what was said, what the stack keeps states in, or what
 * the trained parameters are kept in.
 * @internal
 */
export const stateBytes = (choices: Choices, card: CardTraits): number => {
  const { states, optim, weights, adapters } = resolveByStack(choices, choices.method, card);
  if (typeof states === "number") return states;
  const trained = choices.method === "full" ? weights : adapters;
  const elementBytes =
    states === null
      ? Math.max(bytesPerParameter(trained), stackOf(choices).masterWeightBytes)
      : bytesPerParameter(states);
  return ENGINE.stateBytesPerParameter(optim, elementBytes);
};

/** All that the page says of some choices at once: figures and words of one state, as data. */
export type PageAnswer = Answer &
  Readonly<{
    /** The link to the whole page with these choices, which an embed leads to. */
    fullPage: string;
    /** The verdict, in one or two sentences. */
    sentences: readonly string[];
    /** What holds a method that does not fit: "Fits on 1 × H100, 80 GB"; without those that nothing holds. */
    holders: ReturnType<typeof fitsOnLabels>;
    /** Choices that do not go together, and what is used instead. */
    mismatches: readonly Issue[];
    /** Why QLoRA takes no less than LoRA, and what to do about it; null where it takes less, or where one of them is not shown. */
    qloraOverLora: QloraOverLora | null;
    /** Whether QLoRA leaves fused experts as they are loaded. */
    expertsLeft: boolean;
    /** What the card decides for the method in focus; null for a rule of thumb, and where it cannot run. */
    countedAs: CountedAs | null;
    /** Whose behavior the figures have, with its version and month; null for a loop of one's own, and where nothing is estimated. */
    ranAs: string | null;
    /** What the chosen card asks for, the host's memory included. */
    notes: readonly CardNote[];
    /** What is not exact of the method in focus, a sentence each. */
    approximations: readonly string[];
    /** How the library stores this model's fused experts with QLoRA by itself. */
    usualExperts: ExpertsChoice;
    /** The attention that the library takes for this model by itself. */
    usualAttention: Resolved["attn"];
    /** The model's modules by name, as adapters and trained copies choose among them. */
    modules: ModelModules;
    /** How several GPUs divide one model; null where each has all of it. */
    division: string | null;
    /** Whether the method in focus is shared out: over several GPUs, or with the host. */
    isShared: boolean;
    /** Bytes of all optimizer states for one trained parameter of a large matrix, for the method in focus. */
    stateBytes: number;
  }>;

/** How a method goes on each card that may be named: its own answer tells where these run it as the chosen card does, else a run of the engine there. */
const onCandidates = (
  one: MethodAnswer,
  { choices, gpu }: Answer,
  catalog: Catalog,
): ((card: CardCandidate) => Fit) => {
  const isUsual = gpu.traits === chosenCard(usualCard(catalog), catalog) && gpu.basis.of !== "unified";
  return isUsual && !asksFreeMemory(one.scenario.loss)
    ? ({ usableBytes }) => wholeFitOn(one, availableCardBytes(choices, usableBytes)).fit
    : fitByCard({ ...choices, method: one.method }, catalog);
};

/** A method with the smallest card for it, and with how many of the chosen card hold it where no single card does. */
const verdictMethod = (one: MethodAnswer, answer: Answer, catalog: Catalog): VerdictMethod => {
  const { choices } = answer;
  const smallest = once(() => smallestGpu(CARD_CANDIDATES, onCandidates(one, answer, catalog)));
  const ofStep = { method: one.method, card: one.card, smallest };
  const whole = verdictOfRun(ofStep, one, choices.eval);
  if (whole.card.fit !== "over" || whole.atMoment || smallest()?.fit === "fits") return whole;
  return {
    ...whole,
    several: fewestChosenGpus(choices, { method: one.method, onCardBytes: one.estimate.onCardBytes }, catalog),
  };
};

const verdictInput = (answer: Answer, catalog: Catalog): VerdictInput => ({
  methods: answer.methods.map((one) => verdictMethod(one, answer, catalog)),
  gpu: {
    shortName: answer.gpu.shortName,
    usableBytes: answer.gpu.usableBytes,
    isCustom: answer.choices.gpu.kind === "custom",
  },
  share: vllmShare(answer.choices),
  gpus: answer.choices.gpus,
  ...(answer.choices.objective !== "sft" && { objective: OBJECTIVE_NAMES[answer.choices.objective] }),
});

const USE_LORA = { label: "Use LoRA", patch: { method: "lora" } } as const;

/** As a change the page offers LoRA where the method in focus is QLoRA and nothing else makes it smaller. */
const qloraWords = (answer: Answer): QloraOverLora | null => {
  const words = qloraOverLoraInAnswer(answer);
  return words === null || answer.choices.method !== "qlora" ? words : { ...words, action: words.action ?? USE_LORA };
};

/** Whose behavior the figures have: "As TRL 1.16 (2026-10) runs it."; null where there are no figures, or no library. */
const ranAsOf = ({ choices, methods }: Answer): string | null =>
  methods.length === 0 || !isStackId(choices.stack) ? null : libraryWords(stackLibrary(choices.stack));

type Words = Pick<PageAnswer, "sentences" | "mismatches" | "notes">;

/** The verdict and what is said with it; where something is not known, only that. */
const wordsOf = (answer: Answer, input: VerdictInput, catalog: Catalog): Words =>
  answer.notKnown.length > 0
    ? { sentences: answer.notKnown.map(({ sentence }) => sentence), mismatches: [], notes: [] }
    : {
        sentences: verdict(input),
        mismatches: answerIssues(answer),
        notes: answerNotes(catalog.gpus[answer.gpu.id], answer),
      };

/** What the page shows for these choices. The terminal shows the same `Answer`, without the words. */
export const pageAnswer = ({ choices }: Readonly<{ choices: Choices }>, catalog: Catalog): PageAnswer => {
  const answer = toAnswer(choices, catalog);
  const { architecture } = answer.model;
  const focus = answer.methods.find(({ method }) => method === choices.method) ?? answer.methods[0];
  const divided = choices.show.map((method) => ({ method, division: chosenDivision(choices, architecture, method) }));
  const input = verdictInput(answer, catalog);
  return {
    ...answer,
    fullPage: encodeLink({ ...choices, embed: false, only: [], hide: [], lock: [] }),
    ...wordsOf(answer, input, catalog),
    holders: fitsOnLabels(input),
    qloraOverLora: qloraWords(answer),
    expertsLeft: answer.methods.some(({ scenario }) => unquantizedExperts(scenario) > 0),
    countedAs: countedAs(answer),
    ranAs: ranAsOf(answer),
    approximations: focus === undefined ? [] : ENGINE.approximations(focus.scenario),
    usualExperts: resolveByModel({ ...choices, experts: null }, "qlora", architecture).experts,
    usualAttention: resolveFor({ ...choices, attn: null }, choices.method, { card: answer.gpu.traits, architecture })
      .attn,
    modules: modelModules(architecture),
    division: methodsDivisionWords(divided, choices.gpus),
    isShared: focus !== undefined && (!needsNoStrategy(focus.scenario) || focus.estimate.hostBytes > 0),
    stateBytes: stateBytes(choices, answer.gpu.traits),
  };
};

const answerTo = async (pinned: Choices, complete: boolean): Promise<Answer> => {
  const choices = internedChoices(pinned);
  const focus = focusOf(choices);
  const catalog = await catalogFor(choices, complete);
  return { ...toAnswer({ ...choices, show: focus === null ? [] : [focus] }, catalog), choices };
};

/** The answers to scenarios that are held beside the page's own, of each its method in focus alone. Their rows may be any. */
export const pinnedAnswers = (
  { pinned }: Readonly<{ pinned: readonly Choices[] }>,
  { complete }: Catalog,
): Promise<readonly Answer[]> => Promise.all(pinned.map((choices) => answerTo(choices, complete)));
