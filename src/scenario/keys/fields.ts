import type { ChoiceKey, Choices, LinkKey } from "./choices.ts";
import { codecOf } from "./codec/codec-of.ts";
import type { KeyedReading, ReadAgainst, Texts } from "./codec/keyed-codec.ts";
import type { Key } from "./key.ts";
import { KEYS } from "./keys.ts";
import { ORDER } from "./order.ts";

/** A key of the choices, the link keys that carry it (mostly one), and its way there and back. */
export type Field = Readonly<{
  field: ChoiceKey;
  keys: readonly LinkKey[];
  encode: (choices: Choices) => Texts;
  decode: (texts: Texts, against: ReadAgainst) => KeyedReading<unknown>;
  default: unknown;
  /** The meaning of a missing key, in words; null if the default can be spelled in a link. */
  otherwise: string | null;
}>;

const fieldOf = (field: ChoiceKey): Field => {
  const record: Key = KEYS[field];
  const { keys, encode, decode } = codecOf(field);
  return {
    field,
    keys: keys as readonly LinkKey[],
    encode: (choices) => (choices[field] === null || record.readOnly ? {} : encode(choices[field])),
    decode,
    default: record.is,
    otherwise: record.otherwise ?? null,
  };
};

/** The link, key by key, in canonical order: from this links are written and read. */
export const FIELDS: readonly Field[] = ORDER.map(fieldOf);

/** The key of the choices that a key of a link says. */
export const fieldWith = (key: string): Field | undefined =>
  FIELDS.find(({ keys }) => keys.some((each) => each === key));
