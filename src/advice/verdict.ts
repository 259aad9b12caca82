// The verdict in sentences: which methods fit the chosen GPU, and which GPUs hold the others.

import { runMomentWords, capitalized, gpuPhrase, joinWithAnd } from "#format/phrases.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import type { CardFit, Fit } from "#calc/model/memory-estimate.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { formatCount } from "#format/numbers.ts";
import { cannotRunWords } from "#scenario/choices/cannot-run.ts";
import { candidateWords, gibWords, boxWords } from "./gpu-words.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { type FoundCard, isSmaller, holdingCounts, dividedOver, gpuCountWords } from "./smallest-gpu.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { availableBytes, evaluateTrial } from "./trial.ts";

/**
 * A method as the verdict is about it where a run asks more of the card than its training step: as its worst moment goes, and which that is. The same where the
 * step is the worst, and where it cannot run.
 *
 * @param one the method as its training step goes
 * @param here what the engine says of it on the chosen card
 * @param batch of the evaluation
 */
export const verdictOfRun = (one: VerdictMethod, here: MethodAnswer, batch: number): VerdictMethod => {
  const { run, card } = here;
  if (run === undefined || card.cannotRun !== null || run.worst.id === "step") return one;
  return {
    ...one,
    card: { fit: run.fit, headroomBytes: run.headroomBytes, cannotRun: null },
    atMoment: { words: runMomentWords(run.worst.id, batch), step: card.fit },
  };
};

/**
 * One method's result. `smallest`: the card that `smallestGpu` finds for it, asked only where it may be named. `several`: how many of the chosen card hold it,
 * "16 × H100 with FSDP 2", where it fits on no single card. `atMoment`: the moment outside the training step that all this is of, "evaluation at batch 8", and
 * the outcome of the step itself; absent where it is of the step.
 */
export type VerdictMethod = Readonly<{
  method: MethodId;
  card: CardFit;
  smallest: () => FoundCard | null;
  several?: string | null;
  atMoment?: Readonly<{ words: string; step: Fit }>;
}>;

/** What the verdict is about: the methods shown, and the chosen card. */
export type VerdictInput = Readonly<{
  methods: readonly VerdictMethod[];
  gpu: Readonly<{ shortName: string; usableBytes: number; isCustom: boolean }>;
  /** The share of each card that an engine beside the run has declared; absent: none. */
  share?: number;
  gpus: number;
  /** What is trained for, as a word, where that is not plain fine-tuning; absent: it is. */
  objective?: string | undefined;
}>;

const nameOf = ({ method }: VerdictMethod): string => METHOD_NAMES[method].inSentence;
const cardOf = ({ gpu, gpus }: VerdictInput): string => {
  if (!gpu.isCustom) return gpuPhrase(gpu.shortName, gpus);
  const size = `${gibWords(gpu.usableBytes)} usable`;
  return gpus > 1 ? `${formatCount(gpus)} cards with ${size} each` : `a card with ${size}`;
};

/** How the answer begins: "On an H100,", "DPO on an H100:", "GRPO on an H100 beside vLLM:". */
const lead = (input: VerdictInput): string => {
  const { objective, share = 0 } = input;
  if (objective === undefined) return `On ${cardOf(input)},`;
  return `${objective} on ${cardOf(input)}${share > 0 ? " beside vLLM" : ""}:`;
};

/** The moment outside the training step that a figure is of: " in evaluation at batch 8". */
const inMoment = ({ atMoment }: VerdictMethod): string => (atMoment === undefined ? "" : ` in ${atMoment.words}`);

/** True if only a moment outside the step is too much. */
const trainsAlone = ({ atMoment }: VerdictMethod): boolean => atMoment !== undefined && atMoment.step !== "over";

/** "QLoRA fits with 6.7 GiB to spare", then "LoRA with 3.1 GiB": what is said once is not said again. */
const fitsPhrase = (one: VerdictMethod, index: number): string =>
  index === 0
    ? `${nameOf(one)} fits with ${gibWords(one.card.headroomBytes)} to spare${inMoment(one)}`
    : `${nameOf(one)} with ${gibWords(one.card.headroomBytes)}${inMoment(one)}`;

/** "LoRA may not fit: 0.4 GiB free", of several each: "QLoRA may not fit: 0.5 GiB free, LoRA 0.4 GiB". @param mark behind another colon a comma */
const tightPhrase = (tight: readonly VerdictMethod[], mark: ":" | "," = ":"): string =>
  tight
    .map((one, index) => {
      const size = gibWords(one.card.headroomBytes);
      const free = index === 0 ? ` may not fit${mark} ${size} free` : ` ${size}`;
      return `${nameOf(one)}${free}${inMoment(one)}`;
    })
    .join(", ");

/** "LoRA needs 3.2 GiB more", "full fine-tuning 16 × H100 with FSDP 2": never the GiB that no card has, where several cards do. */
const needsPhrase = (one: VerdictMethod, index: number): string => {
  const needs = one.several ?? `${gibWords(one.card.headroomBytes)}${index === 0 ? " more" : ""}${inMoment(one)}`;
  return `${nameOf(one)}${index === 0 ? " needs" : ""} ${needs}`;
};

/** "LoRA fits while training; evaluation at batch 8 needs 15.3 GiB more" */
const trainsPhrase = (one: VerdictMethod): string => {
  const trains = one.atMoment?.step === "tight" ? "may not fit" : "fits";
  return `${nameOf(one)} ${trains} while training; ${one.atMoment?.words ?? ""} needs ${gibWords(one.card.headroomBytes)} more`;
};

/** What methods lack that do not fit, nearest first. */
const needsSentences = (over: readonly VerdictMethod[]): readonly string[] => {
  const untrained = over.filter((one) => !trainsAlone(one));
  return [
    ...over.filter(trainsAlone).map((one) => `${capitalized(trainsPhrase(one))}.`),
    ...(untrained.length === 0 ? [] : [`${capitalized(untrained.map(needsPhrase).join(", "))}.`]),
  ];
};

/** "On an RTX 4090 LoRA may not fit: 0.4 GiB free." */
const tightLead = (input: VerdictInput, tight: readonly VerdictMethod[]): string =>
  input.objective === undefined
    ? `On ${cardOf(input)} ${tightPhrase(tight)}.`
    : `${lead(input)} ${tightPhrase(tight, ",")}.`;

/** The methods that fit, then those that may not, then those that do not; where all that fits is the lightest alone, a smaller card for it. */
const someFit = (input: VerdictInput, sorted: readonly VerdictMethod[]): readonly string[] => {
  const [fitting, tight, over] = (["fits", "tight", "over"] as const).map((fit) =>
    sorted.filter(({ card }) => card.fit === fit),
  ) as [VerdictMethod[], VerdictMethod[], VerdictMethod[]];
  const [lightest] = fitting;
  if (lightest === undefined) return [tightLead(input, tight), ...needsSentences(over)];
  return [
    `${lead(input)} ${fitting.map(fitsPhrase).join(", ")}.`,
    ...(tight.length === 0 ? [] : [`${capitalized(tightPhrase(tight))}.`]),
    ...needsSentences(over),
    ...(over.length === 0 ? smallerForOne(input, lightest) : []),
  ];
};

const whoFits = (methods: readonly VerdictMethod[]): string => {
  const [only] = methods;
  if (methods.length > 2) return "all three still fit";
  return methods.length === 2 || only === undefined ? "both still fit" : `${nameOf(only)} still fits`;
};

/** A smaller card on which all of some methods fit: that of the method that needs the largest. null where one of them fits on no smaller card. */
const smallerFor = ({ gpu }: VerdictInput, methods: readonly VerdictMethod[]): FoundCard | null => {
  let largest: FoundCard | null = null;
  for (const { smallest } of methods) {
    const card = smallest();
    if (card?.fit !== "fits" || !isSmaller(card.usableBytes, gpu.usableBytes)) return null;
    if (largest === null || card.usableBytes > largest.usableBytes) largest = card;
  }
  return largest;
};

const smallerForOne = (input: VerdictInput, lightest: VerdictMethod): readonly string[] => {
  const card = smallerFor(input, [lightest]);
  return card === null
    ? []
    : [`${capitalized(nameOf(lightest))} alone still fits on ${candidateWords(card, input.gpus)}.`];
};

/** A smaller card for all methods, or else for the lightest one; nothing when the candidates have none. */
const smallerCard = (input: VerdictInput, lightest: VerdictMethod): readonly string[] => {
  const forAll = smallerFor(input, input.methods);
  return forAll === null
    ? smallerForOne(input, lightest)
    : [`${capitalized(whoFits(input.methods))} on ${candidateWords(forAll, input.gpus)}.`];
};

const allFit = (input: VerdictInput, sorted: readonly VerdictMethod[]): readonly string[] => {
  const [lightest, ...rest] = sorted;
  if (lightest === undefined) return [];
  if (rest.length === 0) return [`${lead(input)} ${fitsPhrase(lightest, 0)}.`, ...smallerCard(input, lightest)];
  const who = rest.length > 1 ? "all three" : "both";
  const most = `${nameOf(lightest)} leaves the most, ${gibWords(lightest.card.headroomBytes)}`;
  return [`${lead(input)} ${who} fit; ${most}.`, ...smallerCard(input, lightest)];
};

/** A card that would hold a method; several where none does; a card that may not. */
const wayOut = ({ methods, gpus }: VerdictInput, { smallest, several }: VerdictMethod): readonly string[] => {
  const card = smallest();
  if (card?.fit === "fits") return [`It fits on ${candidateWords(card, gpus)}.`];
  if (several) return methods.length === 1 ? [] : [`It fits on ${several}.`];
  return [
    card ? `It may not fit on ${candidateWords(card, gpus)}.` : "No single card that people have or rent holds it.",
  ];
};

const closestPhrase = (closest: VerdictMethod): string =>
  trainsAlone(closest)
    ? `no run fits as a whole: ${trainsPhrase(closest)}`
    : `nothing fits: ${nameOf(closest)} is closest, ${gibWords(closest.card.headroomBytes)} over${inMoment(closest)}`;

const noneFits = (input: VerdictInput, closest: VerdictMethod): readonly string[] => {
  const alone = trainsAlone(closest) ? trainsPhrase(closest) : needsPhrase(closest, 0);
  const first = input.methods.length === 1 ? alone : closestPhrase(closest);
  return [`${lead(input)} ${first}.`, ...wayOut(input, closest)];
};

/** "LoRA and QLoRA cannot run on a T4: no flash kernel.", a sentence for each thing that the card lacks. */
const stuckSentences = ({ gpu, gpus }: VerdictInput, stuck: readonly VerdictMethod[]): readonly string[] =>
  [...new Set(stuck.map(({ card }) => card.cannotRun ?? ""))].map((lacks) => {
    const names = stuck.filter(({ card }) => card.cannotRun === lacks).map(nameOf);
    return `${capitalized(joinWithAnd(names))} ${cannotRunWords(lacks, gpu, gpus)}.`;
  });

/**
 * The answer in a few sentences: what fits the chosen card and with how much to spare, what may not, what does not and how much it lacks. All fit:
 * the largest spare, and a smaller card that still does. None fits: the closest method, and a card that would hold it, or may not. Where a run asks more outside its
 * training step, the moment is named. Then what cannot run. Pure: the same
 * words on the page, in the terminal and for a screen reader.
 */
export const verdict = (input: VerdictInput): readonly string[] => {
  const stuck = input.methods.filter(({ card }) => card.cannotRun !== null);
  if (stuck.length > 0) {
    const methods = input.methods.filter((one) => !stuck.includes(one));
    return [...verdict({ ...input, methods }), ...stuckSentences(input, stuck)];
  }
  const sorted = input.methods.toSorted((one, other) => other.card.headroomBytes - one.card.headroomBytes);
  const [closest] = sorted;
  if (closest === undefined) return [];
  if (sorted.every(({ card }) => card.fit === "over")) return noneFits(input, closest);
  return sorted.every(({ card }) => card.fit === "fits") ? allFit(input, sorted) : someFit(input, sorted);
};

const holderOf = ({ card, smallest, several }: VerdictMethod, { gpus }: VerdictInput): string | null => {
  if (card.fit !== "over") return null;
  const found = smallest();
  if (found?.fit === "fits") return `Fits on ${boxWords(found, gpus)}`;
  if (several) return `Fits on ${several}`;
  return found && `May not fit on ${boxWords(found, gpus)}`;
};

/**
 * What holds the methods that the chosen card does not: "Fits on 1 × H100, 80 GB", "Fits on 16 × H100 with FSDP 2", "May not fit on 1 × B200, 192 GB". Without
 * those that fit, those that cannot run, and those that no cards hold which people have or rent.
 */
export const fitsOnLabels = (input: VerdictInput): Readonly<Partial<Record<MethodId, string>>> =>
  Object.fromEntries(
    input.methods.flatMap((one) => {
      const words = holderOf(one, input);
      return words === null ? [] : [[one.method, words]];
    }),
  );

/**
 * The fewest of the chosen card on which a method fits, the model divided over them: "16 × H100 with FSDP 2"; null where no number does.
 *
 * @param onCardBytes what it takes on each of the cards that are chosen
 */
export const fewestChosenGpus = (
  choices: Choices,
  { method, onCardBytes }: Readonly<{ method: MethodId; onCardBytes: number }>,
  catalog: Catalog,
): string | null => {
  const available = availableBytes(choices, catalog);
  const count = holdingCounts(choices, { availableBytes: available, onCardBytes }, catalog).find(
    (gpus) => evaluateTrial({ ...choices, ...dividedOver(choices, gpus), method }, catalog).fit === "fits",
  );
  return count === undefined ? null : gpuCountWords(choices, count, catalog);
};
