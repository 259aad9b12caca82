import type { KeyedCodec } from "./keyed-codec.ts";
import { problemsOf } from "./keyed-codec.ts";
import { readCatalogId } from "./catalog-id.ts";

const KEY = "teacher";

/** The id of a catalog's model, or none. */
export const teacherChoice: KeyedCodec<string | null> = {
  keys: [KEY],
  encode: (id) => (id === null ? {} : { [KEY]: id }),
  decode: ({ [KEY]: text }, { catalog }) => {
    if (text === undefined) return { problems: [] };
    const { problems, ...reading } = readCatalogId(text, catalog?.models ?? null, "a model");
    return { ...reading, problems: problemsOf(KEY, problems) };
  },
};
