import { gainedBytes } from "#advice/gained-bytes.ts";
import type { Knob } from "#advice/knob.ts";
import { type Offer, offers } from "#advice/offers.ts";
import { patchTo } from "#advice/patch-to.ts";
import { purseOf } from "#advice/paid-sets.ts";
import { together } from "#advice/together.ts";
import { type Trial, tryOut } from "#advice/trial.ts";
import { groupOf, turnKnobs } from "#advice/turn-knobs.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { changedFields } from "#scenario/choices/changed-fields.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { answerForOne } from "./answer-for-one.ts";
import type { FitOption, FitOptions, OptionChange } from "./fit-option.ts";
import { roomOptions } from "./room-options.ts";
import { wayTo } from "./way-to.ts";

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
  const purse = purseOf(start, yield* turnKnobs(start, catalog), { catalog, kept });
  const found = yield* offers(purse);
  return found.map((offer) => {
    const { kind, knobs, trial } = offer;
    const changes = changesOf(knobs, start, purse.runner.run);
    const patch = patchTo(start.choices, trial.choices);
    const way = wayTo({ changes, patch }, { before: start.choices, after: trial.choices }, catalog);
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
  const start = tryOut(asked, catalog);
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
