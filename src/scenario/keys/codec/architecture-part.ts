import type { Architecture } from "#calc/model/architecture.ts";
import type { ArchitectureField, ListField, ModulesField, NumberField, TextField } from "./architecture-fields.ts";
import type { Reading } from "./codec.ts";
import { decodeLayers, encodeLayers } from "./layer-list.ts";
import { decodeSkips, encodeSkips } from "./skip-list.ts";
import { clamp, parseNumber } from "./number.ts";
import { escapePart, unescapePart } from "./plain-text.ts";

/** What a field of an architecture can hold. */
export type FieldValue = Architecture[keyof Architecture];

/** A number with its point written as `p`, since points part the fields: 0.5 is `0p5`. */
const encodeNumber = (value: number): string => String(value).replace(".", "p").replace("+", "");

/** One field of an `arch`: its tag and its value. */
export const encodeField = ({ tag, kind }: ArchitectureField, value: FieldValue): string => {
  if (typeof value === "number") return tag + encodeNumber(value);
  if (typeof value === "boolean") return `${tag}${kind === "text" ? ":" : ""}${value ? "1" : "0"}`;
  if (typeof value === "string") return `${tag}:${escapePart(value)}`;
  return `${tag}:${kind === "modules" ? encodeSkips(value ?? []) : encodeLayers(value ?? [])}`;
};

/** Names the part that nothing can be taken from. */
export const wrongPart = (part: string, why: string): Reading<never> => ({
  problems: [{ code: "unknown-value", why: `has ${part === "" ? "an empty part" : `the part ${part}`}, which ${why}` }],
});

const decodeText = (part: string, { tag, words }: TextField): Reading<FieldValue> => {
  const text = unescapePart(part.slice(tag.length + 1));
  if (words !== undefined && !words.includes(text)) return wrongPart(part, `is none of ${words.join(", ")}`);
  // `qk_norm` alone is a word or false.
  const value = words?.includes("0") && text === "0" ? false : text;
  return { value, problems: [] } as Reading<FieldValue>;
};

const decodeList = (part: string, { tag }: ListField): Reading<FieldValue> => {
  const layers = decodeLayers(part.slice(tag.length + 1));
  return layers === null ? wrongPart(part, "is no list of layers") : { value: layers, problems: [] };
};

const decodeModules = (part: string, { tag }: ModulesField): Reading<FieldValue> => {
  const names = decodeSkips(part.slice(tag.length + 1));
  return names === null ? wrongPart(part, "is no list of modules") : { value: names, problems: [] };
};

const decodeNumber = (part: string, { kind, min, max, tag }: NumberField): Reading<FieldValue> => {
  const number = parseNumber(part.slice(tag.length).replace("p", "."));
  if (number === null) return wrongPart(part, "is no number");
  if (kind !== "decimal" && !Number.isInteger(number)) return wrongPart(part, "is not a whole number");
  const { value = min, problems } = clamp(number, { min, max });
  return {
    value: kind === "flag" ? value === 1 : value,
    problems: problems.map(({ code, why }) => ({ code, why: `has ${part}, which ${why}` })),
  };
};

/** Undoes `encodeField` for the field that the part's tag names. */
export const decodeField = (part: string, row: ArchitectureField): Reading<FieldValue> => {
  if (row.kind === "text") return decodeText(part, row);
  if (row.kind === "modules") return decodeModules(part, row);
  return row.kind === "list" ? decodeList(part, row) : decodeNumber(part, row);
};
