import type { CardFit, MemoryEstimate } from "#calc/memory-estimate.ts";
import type { MethodId } from "#calc/scenario.ts";
import { formatGib } from "#format/bytes.ts";
import { article } from "./article.ts";
import { METHOD_NAMES } from "./method-names.ts";
import { type CardCandidate, smallestGpu } from "./smallest-gpu.ts";

/** One method's result. */
export type VerdictMethod = Readonly<{ method: MethodId; estimate: MemoryEstimate; card: CardFit }>;

/** What the verdict is about: the methods shown, the chosen card, and the cards that may be named instead (smallest first). */
export type VerdictInput = Readonly<{
  methods: readonly VerdictMethod[];
  gpu: Readonly<{ shortName: string; usableBytes: number; isCustom: boolean }>;
  usedBytes: number;
  gpus: number;
  candidates: readonly CardCandidate[];
  /** Whether every card of the catalog is among the candidates, so that "the smallest" is true. */
  complete: boolean;
}>;

const NBSP = "\u00a0";
const gib = (bytes: number): string => `${formatGib(Math.abs(bytes))}${NBSP}GiB`;
const nameOf = ({ method }: VerdictMethod): string => METHOD_NAMES[method].inSentence;
const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;

const cardName = (shortName: string, gpus: number): string =>
  gpus > 1 ? `${gpus.toLocaleString("en-US")}${NBSP}×${NBSP}${shortName}` : `${article(shortName)} ${shortName}`;

const onCard = ({ gpu, gpus }: VerdictInput): string => {
  if (!gpu.isCustom) return `On ${cardName(gpu.shortName, gpus)}`;
  const size = `${gib(gpu.usableBytes)} usable`;
  return gpus > 1 ? `On ${gpus.toLocaleString("en-US")} cards with ${size} each` : `On a card with ${size}`;
};

const bySpare = (methods: readonly VerdictMethod[]): readonly VerdictMethod[] =>
  methods.toSorted((one, other) => other.card.headroomBytes - one.card.headroomBytes);

/** "QLoRA fits with 6.7 GiB to spare", "LoRA is tight with 0.4 GiB"; later ones are shortened. */
const fitsPhrase = (one: VerdictMethod, isFirst: boolean): string => {
  const spare = gib(one.card.headroomBytes);
  if (one.card.fit === "tight") return `${nameOf(one)} is tight with ${spare}${isFirst ? " to spare" : ""}`;
  return isFirst ? `${nameOf(one)} fits with ${spare} to spare` : `${nameOf(one)} with ${spare}`;
};

const someFit = (input: VerdictInput, fitting: readonly VerdictMethod[], over: readonly VerdictMethod[]): string[] => {
  const first = `${onCard(input)}, ${listed(fitting.map((one, index) => fitsPhrase(one, index === 0)))}.`;
  const needs = over.map(
    (one, index) =>
      `${nameOf(one)} ${index === 0 ? "needs " : ""}${gib(one.card.headroomBytes)}${index === 0 ? " more" : ""}`,
  );
  return [first, `${capitalised(needs.join(", "))}.`];
};

/** A smaller card for all methods, or else for the lightest one; empty when the candidates have none. */
const smallerCard = (input: VerdictInput, lightest: VerdictMethod): string[] => {
  const smaller = input.candidates.filter(({ usableBytes }) => usableBytes < input.gpu.usableBytes);
  const find = (methods: readonly VerdictMethod[]): CardCandidate | null =>
    smallestGpu(smaller, { ...input, estimates: methods.map(({ estimate }) => estimate) });
  const forAll = find(input.methods);
  const onlyLightest = forAll ?? find([lightest]);
  if (onlyLightest === null) return [];
  const who = forAll === null && input.methods.length > 1 ? `${nameOf(lightest)} alone` : whoAll(input.methods);
  const still = who === "all three" || who === "both" ? "still fit" : "still fits";
  const card = cardName(onlyLightest.shortName, input.gpus);
  return [
    input.complete
      ? `The smallest ${input.gpus > 1 ? "cards" : "card"} on which ${who} ${still}: ${card.replace(/^an? /, "")}.`
      : `${capitalised(who)} ${still} on ${card}.`,
  ];
};

const whoAll = (methods: readonly VerdictMethod[]): string => {
  if (methods.length === 3) return "all three";
  const [only] = methods;
  return methods.length === 2 || only === undefined ? "both" : nameOf(only);
};

const allFit = (input: VerdictInput, fitting: readonly VerdictMethod[]): string[] => {
  const [lightest, ...rest] = fitting;
  if (lightest === undefined) return [];
  if (rest.length === 0) return [`${onCard(input)}, ${fitsPhrase(lightest, true)}.`, ...smallerCard(input, lightest)];
  const tight = rest.filter(({ card }) => card.fit === "tight").map((one) => fitsPhrase(one, false));
  const most = `${nameOf(lightest)} leaves the most, ${gib(lightest.card.headroomBytes)}`;
  return [
    `${onCard(input)}, ${whoAll(input.methods)} fit; ${[most, ...tight].join(", ")}.`,
    ...smallerCard(input, lightest),
  ];
};

const noneFits = (input: VerdictInput, closest: VerdictMethod): string[] => {
  const single = input.methods.length === 1;
  const first = single
    ? `${onCard(input)}, ${nameOf(closest)} does not fit: it needs ${gib(closest.card.headroomBytes)} more.`
    : `${onCard(input)}, nothing fits. ${capitalised(nameOf(closest))} is closest: it needs ${gib(closest.card.headroomBytes)} more.`;
  const card = smallestGpu(input.candidates, { ...input, estimates: [closest.estimate] });
  if (card === null) {
    return [first, input.complete ? `No single card in the catalog holds it.` : ""].filter(
      (sentence) => sentence !== "",
    );
  }
  const name = cardName(card.shortName, input.gpus);
  return [first, input.complete ? `The smallest that would hold it: ${name}.` : `${capitalised(name)} would hold it.`];
};

/**
 * The answer as one or two sentences: what fits the chosen card and with how much to spare, what does not and how much it lacks. All fit:
 * the largest spare, and a smaller card that still does. None fits: the closest method, and a card that would hold it. Pure: the same
 * words on the page, in the terminal and for a screen reader.
 */
export const verdict = (input: VerdictInput): readonly string[] => {
  const sorted = bySpare(input.methods);
  const fitting = sorted.filter(({ card }) => card.fit !== "over");
  const [closest] = sorted;
  if (closest === undefined) return [];
  if (fitting.length === 0) return noneFits(input, closest);
  if (fitting.length === sorted.length) return allFit(input, fitting);
  return someFit(
    input,
    fitting,
    sorted.filter(({ card }) => card.fit === "over"),
  );
};
