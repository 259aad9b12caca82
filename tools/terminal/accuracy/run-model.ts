import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { ModelChoice } from "#scenario/keys/values.ts";
import { type NotMapped } from "./not-mapped.ts";
import { OTHER_MODELS } from "./other-models.ts";

/** What a run says of its model. */
type Named = Readonly<{ model: string; hf_id?: string | null }>;

/** A model's name as the catalog's ids are written: without owner, maker's prefix, remarks, and what chat training or quantisation added. */
const slugOf = (name: string): string =>
  name
    .replace(/\s*\(.*\)$/, "")
    .replace(/^.*\//, "")
    .toLowerCase()
    .replace(/^meta-/, "")
    .replaceAll("_", "-")
    .replace(/(-(instruct|chat|hf|base|gptq|awq|bnb-4bit|v0\.1))+$/, "");

const IDS = new Map<string, string>();
for (const [id, { hf_repo }] of Object.entries(FULL_CATALOG.models))
  for (const name of [hf_repo.toLowerCase(), slugOf(hf_repo), slugOf(id), id]) if (!IDS.has(name)) IDS.set(name, id);

const OTHERS = new Map(Object.entries(OTHER_MODELS));

/** The catalog's row of that name: by its repository, else by how it is called. */
const catalogId = (name: string): string | undefined => IDS.get(name.toLowerCase()) ?? IDS.get(slugOf(name));

/** The model that a run trained: a row of the catalog, or what `other-models.ts` knows. */
export const runModel = ({ model, hf_id }: Named): ModelChoice | NotMapped => {
  const names = [hf_id ?? "", model].filter((name) => name !== "");
  for (const name of names) {
    const other = OTHERS.get(name.toLowerCase()) ?? OTHERS.get(slugOf(name));
    if (other !== undefined) return other.choice;
    const id = catalogId(name);
    if (id !== undefined) return { kind: "catalog", id };
  }
  return { why: `no model of the catalog is called ${hf_id ?? model}` };
};
