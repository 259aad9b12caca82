import { availableBytes } from "#advice/available.ts";
import { inverse } from "#advice/inverse.ts";
import type { Largest } from "#advice/largest-within.ts";
import type { InverseId } from "#advice/inverse-id.ts";
import { roomWords } from "#advice/room-words.ts";
import { tryOut } from "#advice/trial.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";

const FIELDS = { maxBatch: "batch", maxSequence: "seq", maxRank: "r" } as const satisfies Partial<
  Record<InverseId, keyof Choices>
>;
const IDS = ["maxBatch", "maxSequence", "maxRank"] as const satisfies readonly (keyof typeof FIELDS)[];

/**
 * What can still grow in some choices, a phrase each, for the method in focus.
 *
 * @param except fields that were just made smaller, and so do not grow
 * @yields after each search
 */
export function* roomLeft(
  { choices: asked, except }: Readonly<{ choices: Choices; except: readonly (keyof Choices)[] }>,
  catalog: Catalog,
): Generator<void, readonly string[]> {
  const start = tryOut(asked, catalog);
  const { choices } = start;
  const card = { availableBytes: availableBytes(choices, catalog), catalog };
  const found: Partial<Record<InverseId, Largest>> = {};
  for (const id of IDS.filter((each) => !except.includes(FIELDS[each]))) {
    if (id === "maxRank" && choices.method === "full") continue;
    found[id] = yield* inverse(id, start, card);
    yield;
  }
  return roomWords(choices, found);
}
