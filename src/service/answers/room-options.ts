import { allKnobs } from "#advice/all-knobs.ts";
import { availableBytes } from "#advice/available.ts";
import { inverse, withLargest } from "#advice/inverse.ts";
import type { InverseId } from "#advice/inverse-id.ts";
import { type Knob, patchOf } from "#advice/knob.ts";
import { patchTo } from "#advice/patch-to.ts";
import { rowsOf } from "#advice/room-words.ts";
import { takesLess } from "#advice/takes-less.ts";
import { type Trial, tryOut } from "#advice/trial.ts";
import { groupOf } from "#advice/turn-knobs.ts";
import { withoutIgnored } from "#advice/without-ignored.ts";
import { changedUpdate } from "#advice/update-words.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { capitalised } from "#format/capitalised.ts";
import { uncapitalised } from "#format/uncapitalised.ts";
import { changedFields } from "#scenario/choices/changed-fields.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { FitOption, OptionChange } from "./fit-option.ts";
import { wayTo } from "./way-to.ts";

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
  const batch = rowsOf(value, choices);
  return { ...choices, batch, accum: Math.max(1, Math.floor((choices.batch * choices.accum) / batch)) };
};

/** A number as large as the card takes it, everything else as it is. */
type Grown = Readonly<{ start: Trial; trial: Trial; isCapped: boolean }>;

function* largest(id: InverseId, start: Trial, catalog: Catalog): Generator<void, Grown> {
  const { choices } = start;
  const { value, capped } = yield* inverse(id, start, {
    availableBytes: availableBytes(choices, catalog),
    catalog,
  });
  const trial = value === null ? start : tryOut(grown({ id, value }, choices, catalog), catalog);
  return { start, trial, isCapped: capped };
}

const addedBytes = ({ start, trial }: Grown): number => trial.onCardBytes - start.onCardBytes;

const changeOf = (id: InverseId, number: Grown): OptionChange => {
  const [before, after] = [number.start.choices, number.trial.choices];
  const changed = changedUpdate(before, after);
  return {
    subject: id,
    title: number.isCapped ? MOST : `${LARGEST[id]} that ${number.trial.fit === "tight" ? "may fit" : "fits"}`,
    fields: changedFields(before, after),
    detail: changed === null ? undefined : `${capitalised(changed)}.`,
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
  phrase.startsWith("use ") ? phrase.slice("use ".length) : uncapitalised(title);

/** Of the changes that cost nothing, the one that leaves the least where the number is as large as it may be alone; null where none saves anything there. */
function* bestBeside({ trial }: Grown, catalog: Catalog): Generator<void, Knob | null> {
  let best: Readonly<{ knob: Knob | null; tried: Trial }> = { knob: null, tried: trial };
  for (const knob of allKnobs(trial.choices, catalog).filter((each) => groupOf(each) === "free")) {
    const tried = tryOut({ ...trial.choices, ...knob.patch }, catalog);
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
  const base = tryOut({ ...start.choices, ...patchOf(start.choices, [knob]) }, catalog);
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
  const made = { changes: [change, changeOf(id, number)], patch: patchTo(start.choices, after) };
  return { ...wayTo(made, { before: start.choices, after }, catalog), beside: besideWords(knob) };
}

function* optionFor(id: InverseId, start: Trial, catalog: Catalog): Generator<void, FitOption> {
  const alone = yield* largest(id, start, catalog);
  yield;
  const before = start.choices;
  if (addedBytes(alone) <= 0) {
    const whyNot = alone.isCapped ? MOST : "Cannot grow on this card";
    const none = wayTo({ changes: [], patch: {} }, { before, after: before }, catalog);
    return { ...none, id, whyNot, both: null };
  }
  const after = withoutIgnored(start.choices, alone.trial, catalog).choices;
  const made = { changes: [changeOf(id, alone)], patch: patchTo(before, after) };
  const both = yield* withBoth(id, alone, catalog);
  return { ...wayTo(made, { before, after }, catalog), id, whyNot: null, both };
}

/** From left to right; full fine-tuning has no rank. */
const ROOMS = ["maxSequence", "maxBatch", "maxRank", "maxModelParams"] as const satisfies readonly InverseId[];

/** Each number as large as the card takes it, and beside what costs nothing. @yields after each run of the engine */
export function* roomOptions(start: Trial, catalog: Catalog): Generator<void, readonly FitOption[]> {
  const options: FitOption[] = [];
  for (const id of ROOMS.filter((each) => each !== "maxRank" || start.choices.method !== "full"))
    options.push(yield* optionFor(id, start, catalog));
  return options;
}
