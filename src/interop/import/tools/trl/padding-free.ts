import type { Finding } from "#interop/import/finding.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { takeFlag } from "#interop/import/take.ts";

/** Rows in one line without padding are as those that are packed. @see trl@f2cd5771:trl/trainer/sft_config.py:241 */
export const readPaddingFree = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "padding_free");
  if (field === undefined) return [];
  const taken = takeFlag(field.value);
  if (taken === "1") return [{ kind: "read", field, key: "packing", text: "1" }];
  return taken === null || typeof taken === "string"
    ? [{ kind: "ignored", field, sentence: "It is off." }]
    : [{ kind: "not-modelled", field, sentence: taken.notModelled }];
};
