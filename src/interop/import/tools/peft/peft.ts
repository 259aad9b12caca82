import type { Finding } from "#interop/import/finding.ts";
import { readModel } from "#interop/import/named-model.ts";
import { readPackedCheckpoint } from "#interop/import/packed-checkpoint.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";
import { isSet } from "#interop/import/unmodelled.ts";
import { HARMLESS_OF_PEFT, readPeftConfig } from "./peft-config.ts";

const readBase = (source: Source, look: Parameters<ToolReader["read"]>[1]): readonly Finding[] => {
  const field = fieldOf(source, "base_model_name_or_path");
  if (field === undefined || !isSet(field.value)) return [];
  return readModel(field, look.catalog);
};

/** `adapter_config.json`: adapters alone. @see peft@5d602fdb (0.20.1):src/peft/config.py */
export const PEFT_READER: ToolReader = {
  id: "peft",
  name: "PEFT 0.20.1",
  stack: null,
  says: "part",
  recognises: ({ fields }) => fields.has("peft_type"),
  read: (source, look) => [
    ...readBase(source, look),
    ...readPackedCheckpoint(fieldOf(source, "base_model_name_or_path")),
    ...readPeftConfig(source),
  ],
  harmless: HARMLESS_OF_PEFT,
};
