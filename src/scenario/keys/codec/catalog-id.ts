import { type Reading, read, refused } from "./codec.ts";

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/**
 * The id of a catalog row, in any case.
 *
 * @param rows the rows by id; null when they are not here yet, and any id is taken as it is
 * @param what a row is called, with its article: "a model"
 */
export const readCatalogId = (
  text: string,
  rows: Readonly<Record<string, unknown>> | null,
  what: string,
): Reading<string> => {
  const id = text.trim().toLowerCase();
  const isKnown = ID.test(id) && (rows === null || Object.hasOwn(rows, id));
  return isKnown ? read(id) : refused("unknown-value", `is not ${what} of the catalog`);
};
