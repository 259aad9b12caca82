import { type IdentityKey, unknownText } from "#scenario/choices/identity.ts";
import type { Finding } from "./finding.ts";
import type { SourceField } from "./source.ts";
import { wordOf } from "./take.ts";

/**
 * The finding that a field asks for something that is not known: nothing is estimated then.
 *
 * @param text what is asked for, where it is not the field's value
 */
export const askedUnknown = (
  field: SourceField,
  key: IdentityKey,
  sentence: string,
  text: string = wordOf(field.value),
): Finding => ({ kind: "unknown", field, key, text: unknownText(text), sentence });
