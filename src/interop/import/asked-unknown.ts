import { type IdentityKey, unknownText } from "#scenario/keys/identity.ts";
import type { Finding } from "./finding.ts";
import type { SourceField } from "./source.ts";
import { wordOf } from "./take.ts";

/**
 * The finding that a field asks for something that is not known: nothing is estimated then.
 *
 * @param asked the key, with what is asked for where that is not the field's value
 */
export const askedUnknown = (
  field: SourceField,
  asked: IdentityKey | readonly [IdentityKey, string],
  sentence: string,
): Finding => {
  const [key, text] = typeof asked === "string" ? [asked, wordOf(field.value)] : asked;
  return { kind: "unknown", field, key, text: unknownText(text), sentence };
};
