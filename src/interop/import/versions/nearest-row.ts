import type { ObjectiveId } from "#calc/model/objective.ts";
import { STACK_RELEASES } from "#catalog/stack-releases.ts";
import { isStackId, type StackId, STACKS } from "#catalog/stacks.ts";
import { trainsFor } from "#catalog/trains-for.ts";
import { isBefore, type VersionNumber, versionNumber } from "./version-number.ts";

/** The number of minor versions before the next major one; a month counts as one. */
const MINORS: Readonly<Record<string, number>> = { TRL: 30, Transformers: 58, Unsloth: 12 };
const USUAL_MINORS = 100;

/** Rows of settings of their own, no versions. */
const SETTINGS: readonly StackId[] = ["torchtune-compiled"];

/** TRL's SFT never has whole logits from 1.7 on (`loss_type="chunked_nll"`), which is nearest to the head that came with 1.15. */
const CHUNKED_SFT: VersionNumber = [1, 7];

const order = (library: string, [major, minor]: VersionNumber): number =>
  major * (MINORS[library] ?? USUAL_MINORS) + minor;

type Span = Readonly<{ id: StackId; first: VersionNumber; last: VersionNumber | null }>;

const spanOf = (id: StackId, objective: ObjectiveId): Span | null => {
  const release = STACK_RELEASES[id];
  if (release === null || release.version === null) return null;
  const [from, to] = release.holdsFor ?? [release.version, release.version];
  const first = id === "trl" && objective === "sft" ? CHUNKED_SFT : versionNumber(from);
  return first === null ? null : { id, first, last: to === null ? null : versionNumber(to) };
};

/** The number of versions between; 0: the row holds for it. */
const distance = (library: string, version: VersionNumber, { first, last }: Span): number => {
  if (isBefore(version, first)) return order(library, first) - order(library, version);
  return last !== null && isBefore(last, version) ? order(library, version) - order(library, last) : 0;
};

/**
 * The row of a library for a version, among those that train for an objective; of several that hold for it the first. null: the library has none.
 *
 * @param stack a row of that library
 */
export const nearestRow = (
  stack: StackId,
  version: VersionNumber,
  objective: ObjectiveId,
): Readonly<{ id: StackId; holds: boolean }> | null => {
  const library = STACK_RELEASES[stack]?.library ?? "";
  const [nearest] = Object.keys(STACKS)
    .filter(isStackId)
    .filter((id) => STACK_RELEASES[id]?.library === library && !SETTINGS.includes(id) && trainsFor(id, objective))
    .flatMap((id) => spanOf(id, objective) ?? [])
    .map((span) => ({ id: span.id, away: distance(library, version, span) }))
    .toSorted((one, other) => one.away - other.away);
  return nearest === undefined ? null : { id: nearest.id, holds: nearest.away === 0 };
};
