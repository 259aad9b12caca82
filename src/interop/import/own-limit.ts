import type { Catalog } from "#catalog/catalog.ts";
import { formatCount } from "#format/count.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { namesAreKnown } from "#scenario/keys/unknown.ts";
import type { Finding } from "./finding.ts";
import type { SourceField } from "./source.ts";
import { wordOf } from "./take.ts";

/** The most tokens that the chosen model takes; null where the model, or its limit, is not known. */
const limitOf = (choices: Choices, catalog: Catalog): number | null => {
  const { model } = choices;
  if (model.kind === "size" || !namesAreKnown(choices)) return null;
  if (model.kind === "catalog" && !Object.hasOwn(catalog.models, model.id)) return null;
  const { max_position_embeddings: limit } = chosenArchitecture(choices, catalog);
  return Number.isSafeInteger(limit) && limit > 0 ? limit : null;
};

const lengthOf = (field: SourceField, limit: number | null): Finding => {
  const not = `${field.path.split(".").at(-1)} is ${wordOf(field.value) === "null" ? "None" : wordOf(field.value)}: rows are not cut`;
  return limit === null
    ? {
        kind: "not-modelled",
        field,
        sentence: `${not}, and the model's own limit is not known. Set seq for your data.`,
      }
    : {
        kind: "assumed",
        field,
        key: "seq",
        text: String(limit),
        sentence: `${not}. Assumed: the model's own limit of ${formatCount(limit)} tokens; set seq for your data.`,
      };
};

/**
 * Findings with a length for rows that are not cut: the longest that the model takes.
 *
 * @param choicesOf the choices that findings come to, for the model in them
 */
export const withOwnLimit = (
  findings: readonly Finding[],
  choicesOf: (findings: readonly Finding[]) => Choices,
  catalog: Catalog,
): readonly Finding[] => {
  if (!findings.some(({ kind }) => kind === "uncut")) return findings;
  const limit = limitOf(choicesOf(findings), catalog);
  return findings.map((found) => (found.kind === "uncut" ? lengthOf(found.field, limit) : found));
};
