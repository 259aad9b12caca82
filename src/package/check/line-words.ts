import type { ImportLine, ImportLists } from "#interop/import/imported.ts";
import { isUnknown } from "#interop/import/list-words.ts";

/** Where a line of a list stands, and the field: "train.yaml:12 optim: muon". */
export const placeWords = ({ at, field }: ImportLine): string =>
  at === null ? field : `${at.file}:${at.line} ${field}`;

/** How many fields nobody here has heard of; null where there is none. */
export const unknownWords = ({ ignored }: ImportLists): string | null => {
  const { length } = ignored.filter(isUnknown);
  if (length === 0) return null;
  return length === 1
    ? "1 field is not known here and not counted"
    : `${length} fields are not known here and not counted`;
};
