// The choices of a link, its issues, and their answer.

import { type Catalog, POPULAR_CATALOG } from "#catalog/catalog.ts";
import { catalogFor } from "#service/whole-catalog.ts";
import { hasKnownRows, type Choices } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { decodePinned } from "#scenario/choices/decode-pinned.ts";
import { issuesByEffect } from "#scenario/choices/issue-order.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { type PageAnswer, pageAnswer } from "./page-answer.ts";

/** What a link says, what was wrong with it, and the answer to it. */
export type OpenedLink = Readonly<{
  choices: Choices;
  pinned: readonly Choices[];
  issues: readonly Issue[];
  answer: PageAnswer;
}>;

/** A link that holds further scenarios. Their rows may be any. */
const PINNED = /[?&][bcd]=/;

/** The catalog that a link is read with. Without the whole one, where it is needed and cannot be had, the link is read with the popular rows and says which names it did not find. */
const catalogOf = async (search: string, catalog: Catalog): Promise<Catalog> => {
  if (catalog.complete) return catalog;
  const hasAll = !PINNED.test(search) && hasKnownRows(POPULAR_CATALOG, decodeLink(search, null).value);
  if (hasAll) return catalog;
  try {
    return await catalogFor(undefined, true);
  } catch {
    return catalog;
  }
};

/**
 * Reads a link and answers it.
 *
 * @param search the link from its `?` on, or what follows it
 */
export const openedLink = async ({ search }: Readonly<{ search: string }>, catalog: Catalog): Promise<OpenedLink> => {
  const rows = await catalogOf(search, catalog);
  const { value: choices, issues } = decodeLink(search, rows);
  const { value: pinned, issues: more } = decodePinned(search, choices, rows);
  return { choices, pinned, issues: issuesByEffect([...issues, ...more]), answer: pageAnswer({ choices }, rows) };
};
