import { availableBytes } from "#advice/available.ts";
import { inverse, withLargest } from "#advice/inverse.ts";
import type { InverseId } from "#advice/inverse-id.ts";
import { type Knob, patchOf } from "#advice/knob.ts";
import { type Offer, type OfferKind, offers } from "#advice/offers.ts";
import { rowsOf } from "#advice/room-words.ts";
import { purseOf } from "#advice/paid-sets.ts";
import type { PriceId } from "#advice/prices.ts";
import { together } from "#advice/together.ts";
import { type Trial, tryOut } from "#advice/trial.ts";
import { groupOf, turnKnobs } from "#advice/turn-knobs.ts";
import { changedUpdate } from "#advice/update-words.ts";
import { isWayOut } from "#calc/card/is-way-out.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { configLines } from "#interop/config-lines/config-lines.ts";
import type { ConfigLines } from "#interop/config-lines/lines-between.ts";
import { linesElsewhere } from "#interop/config-lines/lines-elsewhere.ts";
import { capitalised } from "#format/capitalised.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { changedFields } from "#scenario/choices/changed-fields.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { settle } from "#scenario/choices/settle.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

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

/** What can be chosen: changes, and what the method in focus comes to with all of them. */
export type FitOption = Readonly<{
  id: OfferKind | InverseId;
  changes: readonly OptionChange[];
  patch: Partial<Choices>;
  /** With the method in focus alone. */
  answer: Answer;
  /** The changes as libraries' files have them, the chosen library's first. */
  lines: readonly ConfigLines[];
  /** Why it cannot be chosen, in a few words; null where it can be. */
  whyNot: string | null;
}>;

/** What somebody can do who is over the card, or has room on it. */
export type FitOptions = Readonly<{
  does: "make it fit" | "use the room";
  now: Answer;
  /** From left to right. */
  options: readonly FitOption[];
}>;

/** The answer for one method alone. */
const answerFor = (choices: Choices, catalog: Catalog): Answer =>
  toAnswer({ ...settle(choices), show: [choices.method] }, catalog);

const linesOf = (before: Choices, after: Choices, catalog: Catalog): readonly ConfigLines[] => [
  configLines(before, after, catalog),
  ...linesElsewhere(before, after, catalog),
];

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
  together(start.choices, knobs).map((knob, index) => ({
    subject: knob.subject,
    title: knob.title,
    fields: ownFields(start.choices, knob, knobs.slice(0, index)),
    detail: knob.detail,
    price: knob.price,
    savedBytes: run(knobs.slice(0, index)).onCardBytes - run(knobs.slice(0, index + 1)).onCardBytes,
  }));

const sameKnobs = (one: readonly Knob[], other: readonly Knob[]): boolean =>
  one.length === other.length && one.every(({ title }, index) => other[index]?.title === title);

/** Why a set of a kind cannot be chosen: it has nothing, or nothing of its kind beside what stands to its left. */
const whyNot = ({ kind, knobs }: Offer, [free]: readonly Offer[]): string | null => {
  if (kind === "free") return knobs.length === 0 ? "Nothing of this kind helps" : null;
  const isSettled = free !== undefined && isWayOut(free.trial.card);
  if (isSettled && sameKnobs(knobs, free.knobs)) return "Not needed";
  return knobs.some((knob) => groupOf(knob) === kind) ? null : "Nothing of this kind helps";
};

function* toMakeItFit(
  start: Trial,
  { catalog, kept }: Readonly<{ catalog: Catalog; kept: readonly string[] }>,
): Generator<void, readonly FitOption[]> {
  const purse = purseOf(start, yield* turnKnobs(start, catalog), { catalog, kept });
  const found = yield* offers(purse);
  return found.map((offer) => {
    const { kind, knobs, trial } = offer;
    return {
      id: kind,
      changes: changesOf(knobs, start, purse.runner.run),
      patch: patchOf(start.choices, knobs),
      answer: answerFor(trial.choices, catalog),
      lines: linesOf(start.choices, trial.choices, catalog),
      whyNot: whyNot(offer, found),
    };
  });
}

const LARGEST: Readonly<Record<InverseId, string>> = {
  maxBatch: "The largest that fits",
  maxSequence: "The longest that fits",
  maxRank: "The highest that fits",
  maxModelParams: "The largest that fits",
};

/** The choices with a number as large as it may be; a larger micro batch keeps the rows of an update where they are enough. */
const grown = (
  { id, value }: Readonly<{ id: InverseId; value: number }>,
  choices: Choices,
  catalog: Catalog,
): Choices => {
  if (id !== "maxBatch") return withLargest({ id, value }, choices, catalog);
  const batch = rowsOf(value, choices);
  return { ...choices, batch, accum: Math.max(1, Math.floor((choices.batch * choices.accum) / batch)) };
};

/** One number as large as the card takes it, everything else as it is. */
const largest = (id: InverseId, start: Trial, catalog: Catalog): FitOption => {
  const { choices } = start;
  const { value, capped } = inverse(id, start, { availableBytes: availableBytes(choices, catalog), catalog });
  const trial = value === null ? start : tryOut(grown({ id, value }, choices, catalog), catalog);
  const savedBytes = start.onCardBytes - trial.onCardBytes;
  const isGrown = savedBytes < 0;
  const fields = changedFields(choices, trial.choices);
  const title = capped ? "The most that there is" : LARGEST[id];
  const changed = changedUpdate(choices, trial.choices);
  const detail = changed === null ? undefined : `${capitalised(changed)}.`;
  const change = { subject: id, title, fields, detail, price: null, savedBytes };
  return {
    id,
    changes: isGrown ? [change] : [],
    patch: isGrown ? Object.fromEntries(fields.map((field) => [field, trial.choices[field]])) : {},
    answer: answerFor(isGrown ? trial.choices : choices, catalog),
    lines: linesOf(choices, isGrown ? trial.choices : choices, catalog),
    whyNot: isGrown ? null : capped ? "The most that there is" : "Cannot grow on this card",
  };
};

/** From left to right; full fine-tuning has no rank. */
const ROOMS = ["maxSequence", "maxBatch", "maxRank", "maxModelParams"] as const satisfies readonly InverseId[];

function* toUseTheRoom(start: Trial, catalog: Catalog): Generator<void, readonly FitOption[]> {
  const options: FitOption[] = [];
  for (const id of ROOMS.filter((each) => each !== "maxRank" || start.choices.method !== "full")) {
    options.push(largest(id, start, catalog));
    yield;
  }
  return options;
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
  const start = tryOut(asked, catalog);
  yield;
  const { fit } = start.card;
  const isOver = fit === "over";
  let options: readonly FitOption[] = [];
  if (fit !== "cannot-run")
    options = isOver ? yield* toMakeItFit(start, { catalog, kept }) : yield* toUseTheRoom(start, catalog);
  return {
    does: isOver ? "make it fit" : "use the room",
    now: answerFor(start.choices, catalog),
    options,
  };
}
