import { type IdentityKey, unknownText } from "#scenario/choices/identity.ts";
import type { Finding } from "./finding.ts";
import type { SourceField } from "./source.ts";
import { wordOf } from "./take.ts";

/** The finding that a field asks for something that is not known, its value or `text`: nothing is estimated then. */
export const askedUnknown = (
  field: SourceField,
  key: IdentityKey,
  said: string | Readonly<{ sentence: string; text: string }>,
): Finding => {
  const { sentence, text } = typeof said === "string" ? { sentence: said, text: wordOf(field.value) } : said;
  return { kind: "unknown", field, key, text: unknownText(text), sentence };
};
