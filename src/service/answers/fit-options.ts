// Ways to make a run fit or to use the room left, and the matrix of methods by GPUs.

import type { Catalog } from "#catalog/catalog.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { settle, changedFields } from "#scenario/choices/settle.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { configLines, linesInOtherLibraries, type ConfigLines } from "#interop/config-lines/config-lines.ts";
import { allKnobs, withoutIgnored } from "#advice/knobs/all-knobs.ts";
import { availableBytes, type Trial, evaluateTrial, takesLess } from "#advice/trial.ts";
import { findLargest, withLargest, type InverseId, batchWithinUpdate } from "#advice/largest-setting.ts";
import { type Knob, patchOf, updateRowsWords } from "#advice/knobs/knob.ts";
import { changedPatch, groupOf, gainedBytes, turnKnobs } from "#advice/knob-search.ts";
import { capitalized, uncapitalized } from "#format/phrases.ts";
import { type Offer, offers, type OfferKind } from "#advice/change-offers.ts";
import { knobBudget } from "#advice/change-sets.ts";
import { phrasedTogether } from "#advice/top-change.ts";
import { type MatrixRow, matrixRows } from "#advice/fit-matrix.ts";
import { type MatrixCard, matrixCards } from "#advice/matrix-gpus.ts";
import type { PriceId } from "#advice/prices.ts";

/** The answer for the method in focus alone. */
const answerForOne = (choices: Choices, catalog: Catalog): Answer =>
  toAnswer({ ...settle(choices), show: [choices.method] }, catalog);

/** What the method in focus comes to with some changes, and their lines. */
const optionWay = (
  { changes, patch }: Pick<Way, "changes" | "patch">,
  { before, after }: Readonly<{ before: Choices; after: Choices }>,
  catalog: Catalog,
): Way => ({
  changes,
  patch,
  answer: answerForOne(after, catalog),
  lines: [configLines(before, after, catalog), ...linesInOtherLibraries(before, after, catalog)],
});

const LARGEST: Readonly<Record<InverseId, string>> = {
  maxBatch: "The largest",
  maxSequence: "The longest",
  maxRank: "The highest",
  maxModelParams: "The largest",
};

const MOST = "The maximum";

/** The choices with a number as large as it may be; a larger micro batch keeps the rows of an update where they are enough. */
const grown = (
  { id, value }: Readonly<{ id: InverseId; value: number }>,
  choices: Choices,
  catalog: Catalog,
): Choices => {
  if (id !== "maxBatch") return withLargest({ id, value }, choices, catalog);
  const batch = batchWithinUpdate(value, choices);
  return { ...choices, batch, accum: Math.max(1, Math.floor((choices.batch * choices.accum) / batch)) };
};

/** A number as large as the card takes it, everything else as it is. */
type Grown = Readonly<{ start: Trial; trial: Trial; isCapped: boolean }>;

function* largest(id: InverseId, start: Trial, catalog: Catalog): Generator<void, Grown> {
  const { choices } = start;
  const { value, capped } = yield* findLargest(id, start, {
    availableBytes: availableBytes(choices, catalog),
    catalog,
  });
  const trial = value === null ? start : evaluateTrial(grown({ id, value }, choices, catalog), catalog);
  return { start, trial, isCapped: capped };
}

const addedBytes = ({ start, trial }: Grown): number => trial.onCardBytes - start.onCardBytes;

const changeOf = (id: InverseId, number: Grown): OptionChange => {
  const [before, after] = [number.start.choices, number.trial.choices];
  const changed = updateRowsWords(before, after);
  return {
    subject: id,
    title: number.isCapped ? MOST : `${LARGEST[id]} that ${number.trial.fit === "tight" ? "may fit" : "fits"}`,
    fields: changedFields(before, after),
    detail: changed === null ? undefined : `${capitalized(changed)}.`,
    price: null,
    savedBytes: -addedBytes(number),
  };
};

/** How large a number is. */
const SIZES: Readonly<Record<InverseId, (trial: Trial) => number>> = {
  maxBatch: ({ choices }) => choices.batch,
  maxSequence: ({ choices }) => choices.seq,
  maxRank: ({ choices }) => choices.r,
  maxModelParams: ({ choices: { model } }) => (model.kind === "size" ? model.params : 0),
};

/** What stands beside a number, behind "with": "a fused loss", "packing". */
const besideWords = ({ phrase, title }: Knob): string =>
  phrase.startsWith("use ") ? phrase.slice("use ".length) : uncapitalized(title);

/** Of the changes that cost nothing, the one that leaves the least where the number is as large as it may be alone; null where none saves anything there. */
function* bestBeside({ trial }: Grown, catalog: Catalog): Generator<void, Knob | null> {
  let best: Readonly<{ knob: Knob | null; tried: Trial }> = { knob: null, tried: trial };
  for (const knob of allKnobs(trial.choices, catalog).filter((each) => groupOf(each) === "free")) {
    const tried = evaluateTrial({ ...trial.choices, ...knob.patch }, catalog);
    if (tried.lacks.length === 0 && takesLess(tried, best.tried)) best = { knob, tried };
    yield;
  }
  return best.knob;
}

/** The same number beside a change that costs nothing, where it is larger then. */
function* withBoth(id: InverseId, alone: Grown, catalog: Catalog): Generator<void, FitOption["both"]> {
  const knob = alone.isCapped ? null : yield* bestBeside(alone, catalog);
  if (knob === null) return null;
  const { start } = alone;
  const base = evaluateTrial({ ...start.choices, ...patchOf(start.choices, [knob]) }, catalog);
  const number = yield* largest(id, base, catalog);
  yield;
  if (SIZES[id](number.trial) <= SIZES[id](alone.trial)) return null;
  const change: OptionChange = {
    subject: knob.subject,
    title: knob.title,
    fields: changedFields(start.choices, base.choices),
    detail: knob.detail,
    price: knob.price,
    savedBytes: start.onCardBytes - base.onCardBytes,
  };
  const after = withoutIgnored(start.choices, number.trial, catalog).choices;
  const made = { changes: [change, changeOf(id, number)], patch: changedPatch(start.choices, after) };
  return { ...optionWay(made, { before: start.choices, after }, catalog), beside: besideWords(knob) };
}

function* optionFor(id: InverseId, start: Trial, catalog: Catalog): Generator<void, FitOption> {
  const alone = yield* largest(id, start, catalog);
  yield;
  const before = start.choices;
  if (addedBytes(alone) <= 0) {
    const whyNot = alone.isCapped ? MOST : "Cannot grow on this card";
    const none = optionWay({ changes: [], patch: {} }, { before, after: before }, catalog);
    return { ...none, id, whyNot, both: null };
  }
  const after = withoutIgnored(start.choices, alone.trial, catalog).choices;
  const made = { changes: [changeOf(id, alone)], patch: changedPatch(before, after) };
  const both = yield* withBoth(id, alone, catalog);
  return { ...optionWay(made, { before, after }, catalog), id, whyNot: null, both };
}

/** From left to right; full fine-tuning has no rank. */
const ROOMS = ["maxSequence", "maxBatch", "maxRank", "maxModelParams"] as const satisfies readonly InverseId[];

/** Each number as large as the card takes it, and beside what costs nothing. @yields after each run of the engine */
function* roomOptions(start: Trial, catalog: Catalog): Generator<void, readonly FitOption[]> {
  const options: FitOption[] = [];
  for (const id of ROOMS.filter((each) => each !== "maxRank" || start.choices.method !== "full"))
    options.push(yield* optionFor(id, start, catalog));
  return options;
}

/** Fields that a knob changes and none of those before it does. */
const ownFields = (choices: Choices, knob: Knob, before: readonly Knob[]): readonly (keyof Choices)[] =>
  changedFields(choices, { ...choices, ...knob.patch }).filter((field) =>
    before.every(({ patch }) => !(field in patch)),
  );

/** Each knob with what it saves after those before it. */
const changesOf = (
  knobs: readonly Knob[],
  start: Trial,
  run: (knobs: readonly Knob[]) => Trial,
): readonly OptionChange[] =>
  phrasedTogether(start.choices, knobs).map((knob, index) => ({
    subject: knob.subject,
    title: knob.title,
    fields: ownFields(start.choices, knob, knobs.slice(0, index)),
    detail: knob.detail,
    price: knob.price,
    savedBytes: gainedBytes(run(knobs.slice(0, index)), run(knobs.slice(0, index + 1))),
  }));

const sameKnobs = (one: readonly Knob[], other: readonly Knob[]): boolean =>
  one.length === other.length && one.every(({ title }, index) => other[index]?.title === title);

/** Why a set of a kind cannot be chosen: it has nothing, or nothing of its kind beside what stands to its left. */
const whyNot = ({ kind, knobs }: Offer, [free]: readonly Offer[]): string | null => {
  if (kind === "free") return knobs.length === 0 ? "Nothing of this kind helps" : null;
  const isSettled = free !== undefined && free.trial.isWayOut;
  if (isSettled && sameKnobs(knobs, free.knobs)) return "Not needed";
  return knobs.some((knob) => groupOf(knob) === kind) ? null : "Nothing of this kind helps";
};

function* toMakeItFit(
  start: Trial,
  { catalog, kept }: Readonly<{ catalog: Catalog; kept: readonly string[] }>,
): Generator<void, readonly FitOption[]> {
  const purse = knobBudget(start, yield* turnKnobs(start, catalog), { catalog, kept });
  const found = yield* offers(purse);
  return found.map((offer) => {
    const { kind, knobs, trial } = offer;
    const changes = changesOf(knobs, start, purse.runner.run);
    const patch = changedPatch(start.choices, trial.choices);
    const way = optionWay({ changes, patch }, { before: start.choices, after: trial.choices }, catalog);
    return { ...way, id: kind, whyNot: whyNot(offer, found), both: null };
  });
}

/**
 * Where the method in focus does not fit: for each kind of price the changes that make it, as far as that kind goes. Where it does: each number as large as the
 * card takes it.
 *
 * @param kept subjects of changes that stay as they are
 * @returns no options where the card cannot run it
 * @yields after each run of the engine
 */
export function* fitOptions(
  { choices: asked, kept }: Readonly<{ choices: Choices; kept: readonly string[] }>,
  catalog: Catalog,
): Generator<void, FitOptions> {
  const start = evaluateTrial(asked, catalog);
  yield;
  const { fit } = start;
  const isOver = fit === "over";
  let options: readonly FitOption[] = [];
  if (fit !== "cannot-run")
    options = isOver ? yield* toMakeItFit(start, { catalog, kept }) : yield* roomOptions(start, catalog);
  return {
    does: isOver ? "make it fit" : "use the room",
    now: answerForOne(start.choices, catalog),
    options,
  };
}

/** Methods by cards: which cards, a row a method, and the batch and length that the cells are about. */
export type Matrix = Pick<Choices, "batch" | "seq"> &
  Readonly<{ cards: readonly MatrixCard[]; rows: readonly MatrixRow[] }>;

/**
 * Which method fits on which card: a useful dozen, or every card of the catalog.
 *
 * @yields after each cell
 */
export function* fitMatrix(
  { choices, every }: Readonly<{ choices: Choices; every: boolean }>,
  catalog: Catalog,
): Generator<void, Matrix> {
  const { batch, seq, gpu } = choices;
  const cards = matrixCards(gpu, catalog, every);
  return { batch, seq, cards, rows: yield* matrixRows(toAnswer(choices, catalog), cards, catalog) };
}

/** One setting of an option, or several that go together. */
export type OptionChange = Readonly<{
  /** What is turned: what can be kept as it is. */
  subject: string;
  /** "Fused loss", "Batch 4 to 2". */
  title: string;
  fields: readonly (keyof Choices)[];
  /** What else changes with it, in words; absent where the fields say all. */
  detail?: string | undefined;
  /** null: it costs nothing but the room. */
  price: PriceId | null;
  /** What it saves after those before it, on each card; negative where it takes more. */
  savedBytes: number;
}>;

/** Changes, and what the method in focus comes to with all of them. */
type Way = Readonly<{
  changes: readonly OptionChange[];
  patch: Partial<Choices>;
  /** With the method in focus alone. */
  answer: Answer;
  /** The changes as libraries' files have them, the chosen library's first. */
  lines: readonly ConfigLines[];
}>;

/** What can be chosen. */
export type FitOption = Way &
  Readonly<{
    id: OfferKind | InverseId;
    /** Why it cannot be chosen, in a few words; null where it can be. */
    whyNot: string | null;
    /** A number beside a change that costs nothing and leaves it more room, "a fused loss", as far as it goes then; null where none does. */
    both: (Way & Readonly<{ beside: string }>) | null;
  }>;

/** What somebody can do who is over the card, or has room on it. */
export type FitOptions = Readonly<{
  does: "make it fit" | "use the room";
  now: Answer;
  /** From left to right. */
  options: readonly FitOption[];
}>;
