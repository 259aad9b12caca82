import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, isOn } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { takeFlag, wordOf } from "#interop/import/take.ts";

const isOff = (field: SourceField | undefined): boolean => field === undefined || takeFlag(field.value) === "0";

/** A question to the card: cards of today can compute in bf16. */
const ASKS_THE_CARD = /is_bf(loat)?16_supported/;

/** Switches that only a run knows. */
const unknown = (source: Source): readonly Finding[] =>
  [fieldOf(source, "bf16"), fieldOf(source, "fp16")].flatMap((field): readonly Finding[] => {
    if (field === undefined || field.value === null || ASKS_THE_CARD.test(wordOf(field.value))) return [];
    const taken = takeFlag(field.value);
    return taken === null || typeof taken === "string"
      ? []
      : [{ kind: "not-modelled", field, sentence: taken.notModelled }];
  });

/** Autocast of TRL's configs: bf16 unless fp16 is on, or it is switched off. @see trl@f2cd5771:trl/trainer/base_config.py:105 */
export const readAutocast = (source: Source): readonly Finding[] => {
  const bf16 = fieldOf(source, "bf16");
  const isSwitchedOff = bf16 !== undefined && bf16.value !== null && isOff(bf16);
  return isSwitchedOff && !isOn(fieldOf(source, "fp16")?.value ?? undefined)
    ? [{ kind: "read", field: bf16, key: "autocast", text: "0" }]
    : unknown(source);
};

const NEITHER = "transformers' default: neither bf16 nor fp16 is on (5.14.1, training_args.py:853).";

/** Autocast of transformers' own arguments, which are off unless one is on. @see transformers@5.14.1:training_args.py:853 */
export const readPlainAutocast = (source: Source): readonly Finding[] => {
  const bf16 = fieldOf(source, "bf16");
  if (!isOff(bf16) || !isOff(fieldOf(source, "fp16"))) return unknown(source);
  return bf16 === undefined || bf16.value === null
    ? [{ kind: "assumed", key: "autocast", text: "0", sentence: NEITHER }]
    : [{ kind: "read", field: bf16, key: "autocast", text: "0" }];
};
