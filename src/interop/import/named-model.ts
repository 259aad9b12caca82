import type { Catalog } from "#catalog/catalog.ts";
import { findModels } from "#catalog/find-models.ts";
import type { Finding } from "./finding.ts";
import type { SourceField } from "./source.ts";
import { quoted } from "./take.ts";

/** What mirrors add to a name, that changes nothing of the architecture. */
const ADDED = /-(unsloth-bnb-4bit|bnb-4bit|hf|bf16|instruct-2507)$/i;

/** The last part of "owner/name" or of a path. */
const ownName = (name: string): string => name.replace(/\/+$/, "").split("/").at(-1) ?? name;

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "");

/** The catalog's model of a Hugging Face name: the same repository, a mirror of it, or an instruct version of the same sizes. */
export const catalogModel = (name: string, catalog: Catalog): string | undefined => {
  const exact = Object.entries(catalog.models).find(([, { hf_repo }]) => hf_repo?.toLowerCase() === name.toLowerCase());
  if (exact !== undefined) return exact[0];
  const own = ownName(name).replace(ADDED, "");
  const named = findModels(catalog, own)[0];
  if (named === undefined) return undefined;
  const names = [named.id, named.row.name, ownName(named.row.hf_repo ?? "")].map(plain);
  const asked = plain(own.replace(/[-_](instruct|chat|it|base)\b.*$/i, ""));
  return names.some((each) => each === plain(own) || each === asked || each.startsWith(`${asked}instruct`))
    ? named.id
    : undefined;
};

/** What a field that names a model says of it. */
export const readModel = (field: SourceField | undefined, catalog: Catalog): readonly Finding[] => {
  if (field === undefined) return [];
  const id = typeof field.value === "string" ? catalogModel(field.value, catalog) : undefined;
  if (id !== undefined) return [{ kind: "read", field, key: "model", text: id }];
  const sentence = `No model of the catalog is ${quoted(field.value)}: its config.json, pasted beside, says what it is.`;
  return [{ kind: "not-modelled", field, sentence }];
};
