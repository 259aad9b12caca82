// First advice on the page: the fewest changes that make a run fit, or its room to grow.

import { ownValue } from "#calc/base/guards.ts";
import { capitalized, joinWithAnd } from "#format/phrases.ts";
import { TERM_WORDS } from "#format/term-names.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type Knob, patchOf, updateRowsSuffix, updateRowsWords } from "./knobs/knob.ts";
import { runsOnCard } from "#calc/card/usable-memory.ts";
import type { RunMomentId } from "#calc/model/whole-run.ts";
import { formatGib } from "#format/bytes.ts";
import { type Lack, withoutLacks } from "#scenario/choices/cannot-run.ts";
import { candidateWords, gibWords } from "./gpu-words.ts";
import { EXPERTS_LEFT, unquantizedExperts } from "./answer-notes.ts";
import { LEAD_CHARACTERS } from "./headline.ts";
import { changedPatch, groupOf, turnKnobsForSets } from "./knob-search.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { PRICES } from "./prices.ts";
import { roomWords, type RoomToGrow, roomToGrow } from "./largest-setting.ts";
import { type SmallestSet, smallestSet } from "./change-offers.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { type QuickAdvice, largestTerm, scoresWords } from "./advise.ts";
import { smallestCard } from "./smallest-gpu.ts";
import { evaluateTrial } from "./trial.ts";

/** What is alive at a moment outside the training step, as the subject of a sentence, verb included. Named as `RunMoment.alive` names it. */
const SUBJECTS: Readonly<Record<string, string>> = {
  optimizer: "The optimizer is",
  workspace: "The workspace is",
  framework: "The framework is",
  "kept outputs": "Outputs that are kept are",
  "KV cache": "The KV cache is",
  "optimizer states of the file": "Optimizer states of the file are",
  "gates and ups of experts, apart": "Gates and ups of experts, taken apart, are",
  "matrix before it is quantised": "The matrix that is quantised is",
  "matrix in fp16": "The matrix that is quantised is",
  "dequantised weight": "The dequantised weight is",
  "weight, cloned": "The clone of a weight is",
  "B A": "The product of two adapters is",
  sum: "The merged matrix is",
  "check for numbers": "The check of merged weights is",
};

/** "Logits and loss are", "The KV cache is", "Whole parameters are". @internal */
export const aliveSubject = (name: string): string =>
  ownValue(SUBJECTS, name) ?? `${capitalized(ownValue<string>(TERM_WORDS, name) ?? name)} are`;

/**
 * Several knobs as they are said of together. A smaller micro batch and more cards each say what becomes of accumulation on their own; together it is said
 * once, as it is with both.
 */
export const phrasedTogether = (choices: Choices, knobs: readonly Knob[]): readonly Knob[] => {
  if (knobs.filter(({ bare }) => bare !== undefined).length < 2) return knobs;
  const after = { ...choices, ...patchOf(choices, knobs) };
  const changed = updateRowsWords(choices, after);
  return knobs.map((knob) => {
    if (knob.bare === undefined || (knob.subject === "batch" && changed !== null)) return knob;
    const { bare, detail: _ofItsOwn, ...rest } = knob;
    if (knob.subject === "batch") return { ...rest, phrase: bare };
    const phrase = `${bare}${updateRowsSuffix(choices, after)}`;
    return changed === null ? { ...rest, phrase } : { ...rest, phrase, detail: `${capitalized(changed)}.` };
  });
};

/** When a moment of a run is, behind what it takes. */
const DURING: Readonly<Record<RunMomentId, string>> = {
  step: "",
  loading: " while loading",
  prepare: " in preparation",
  resume: " while resuming",
  generate: " while it generates",
  evaluate: " in evaluation",
  save: " while saving",
  merge: " while merging",
};

/** The one sentence of advice: what leads in, what to do, what that brings; and what one click changes, where there is something to do. */
export type TopChange = Readonly<{
  lead: string;
  action: string;
  rest: string;
  /** The end of `rest` that says what the change costs, and may be left out; empty where it does not say it. */
  price: string;
  patch: Partial<Choices> | null;
}>;

const statement = (lead: string): TopChange => ({ lead, action: "", rest: "", price: "", patch: null });

/** What one change costs, said once: several would be a paragraph. */
const priceWords = ([knob, ...others]: readonly Knob[]): string =>
  knob === undefined || others.length > 0 ? "" : ` ${PRICES[knob.price].words}`;

const room = ({ inverse, start: { choices } }: TopFacts): string => {
  const growing = inverse === null ? [] : roomWords(choices, inverse);
  return growing.length === 0
    ? "is as large as this card takes: neither batch nor sequence can grow."
    : `has room for ${growing.join(", or for ")}.`;
};

/** Advice for a run that may not fit. */
const nothingElse = ({ gpus }: Choices): string => `Nothing else may use ${gpus > 1 ? "these GPUs" : "this GPU"}.`;

/** "Logits and loss are 23.5 of 44.0 GiB. ", "Base weights are 85.1 of 93.6 GiB, as the experts are not quantised. ", "Outputs that are kept are 313.1 of 335.5 GiB in evaluation. " */
const why = ({ most, scores, start: { onCardBytes, scenario } }: TopFacts): string => {
  if (most === null) return "";
  const { name, bytes, moment } = most;
  const reason =
    moment === "step" && name === "weights" && unquantizedExperts(scenario) > 0 ? `, as ${EXPERTS_LEFT}` : scores;
  return `${aliveSubject(name)} ${formatGib(bytes)} of ${gibWords(onCardBytes)}${DURING[moment]}${reason}. `;
};

/** What leads in an order, the order itself where it is one lever that is called as in its library, and what it brings. */
type Order = Readonly<{ purpose: string; lever: string | null; rest: string }>;

/** One lever is of one moment alone, which is too much where the run trains: the evaluation, or completions. */
const orderOf = ({ start }: TopFacts, { knobs, trial }: SmallestSet): Order => {
  const [only, ...others] = knobs;
  const isTight = trial.fit === "tight";
  if (only?.lever !== undefined && others.length === 0 && only.moment !== undefined) {
    const { words, isLargest } = only.lever;
    const purpose = only.moment === "generate" ? "To generate on this card: " : "To evaluate on this card: ";
    return { purpose, lever: words, rest: isLargest ? `, the largest that ${isTight ? "may fit" : "fits"}.` : "." };
  }
  const isOnOtherCards = knobs.some((knob) => groupOf(knob) === "hardware");
  const brings = isOnOtherCards
    ? `leaves ${gibWords(trial.card.headroomBytes)} free`
    : `saves ${gibWords(start.onCardBytes - trial.onCardBytes)}`;
  const name = METHOD_NAMES[start.choices.method].inSentence;
  return {
    purpose: `To make ${name} fit: `,
    lever: null,
    rest: `, which ${brings}${isTight ? "; it may then fit" : ""}.`,
  };
};

const wayOut = ({ start: { choices }, smallestCards }: TopFacts): string => {
  const found = smallestCards.find(({ method }) => method === choices.method)?.found;
  if (!found) return "No number of any card that people have or rent holds it.";
  return `It ${found.fit === "tight" ? "may not fit on" : "needs"} ${candidateWords(found, found.gpus)}.`;
};

/** A card that lacks what was chosen: what was asked for is taken back. */
const toRun = (lacks: readonly Lack[], lead: string): TopChange => {
  const patch = withoutLacks(lacks);
  return patch === null
    ? statement(lead)
    : { lead: `${lead} `, action: "Choose what it runs", rest: ".", price: "", patch };
};

/** Orders as a list. Where they take more characters than there are, the first of them and how many more there are: "use a, use b and make 4 more changes". */
const withinCharacters = (phrases: readonly string[], most: number): string => {
  const shortened = (named: number): string =>
    joinWithAnd([...phrases.slice(0, named), `make ${phrases.length - named} more changes`]);
  let words = joinWithAnd(phrases);
  // "And make 1 more change" would be no shorter than its name.
  for (let named = phrases.length - 2; named >= 1 && words.length > most; named--) words = shortened(named);
  return words;
};

/**
 * The top advice for the method in focus. It does not fit: what takes most, and the changes that make it, or the card that it needs. It may not fit: that nothing else
 * may use the GPU. It fits: how far batch and sequence could go. Every figure is the engine's.
 */
export const topChange = (facts: TopFacts): TopChange => {
  const { start, smallestSet } = facts;
  const name = METHOD_NAMES[start.choices.method].inSentence;
  if (start.card.cannotRun !== null)
    return toRun(start.lacks, `This card cannot run ${name} so: ${start.card.cannotRun}.`);
  if (runsOnCard(start)) {
    const experts = unquantizedExperts(start.scenario) > 0 ? `${capitalized(EXPERTS_LEFT)}. ` : "";
    const words = start.fit === "tight" ? nothingElse(start.choices) : `${capitalized(name)} ${room(facts)}`;
    return statement(`${experts}${words}`);
  }
  if (smallestSet === null) return statement(`${why(facts)}No change below makes ${name} fit. ${wayOut(facts)}`);
  const { knobs, trial } = smallestSet;
  const { purpose, lever, rest } = orderOf(facts, smallestSet);
  const lead = `${why(facts)}${purpose}`;
  const phrases = phrasedTogether(start.choices, knobs).map(({ phrase }) => phrase);
  const action = lever ?? withinCharacters(phrases, LEAD_CHARACTERS - lead.length - rest.length);
  const price = priceWords(knobs);
  const hasRoom = [lead, action, rest, price].join("").length <= LEAD_CHARACTERS;
  const said = hasRoom ? price : "";
  return { lead, action, rest: rest + said, price: said, patch: changedPatch(start.choices, trial.choices) };
};

/** The facts of the one sentence of advice, each found out only where that sentence needs it. */
type TopFacts = Pick<QuickAdvice, "start" | "smallestSet" | "most" | "scores" | "smallestCards"> &
  Readonly<{
    /** The largest batch and length that fit; null where it does not fit as it is. */
    inverse: RoomToGrow | null;
  }>;

/**
 * Where the method in focus fits, how far it can grow. Where it does not, the fewest changes that make it fit; the card that it needs where none do.
 *
 * @yields after each run of the engine
 */
export function* topChangeFacts(choices: Choices, catalog: Catalog): Generator<void, TopFacts> {
  const start = evaluateTrial(choices, catalog);
  yield;
  const most = largestTerm(start);
  const scores = scoresWords(start, most, catalog);
  const known: TopFacts = { start, most, scores, smallestSet: null, smallestCards: [], inverse: null };
  if (start.lacks.length > 0) return known;
  if (start.isWayOut) return { ...known, inverse: yield* roomToGrow(start, catalog) };
  const found = yield* smallestSet(start, yield* turnKnobsForSets(start, catalog), { catalog });
  if (found !== null) return { ...known, smallestSet: found };
  return { ...known, smallestCards: [smallestCard(choices, choices.method, catalog)] };
}
