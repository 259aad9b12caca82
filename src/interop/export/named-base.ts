// Name of the base model in an exported file, or the placeholder for it.

import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** The model that a file names. */
export type NamedBase = Readonly<{
  name: string;
  /** What to put in its place; null: it is the model itself. */
  placeholder: string | null;
}>;

const MODEL = "YOUR_MODEL";

/** Names of bases that were quantised before, which no catalog row has. */
const CHECKPOINTS: Readonly<Partial<Record<Choices["quant"], string>>> = {
  gptq: "a GPTQ checkpoint of the model",
  "unsloth-dynamic": "Unsloth's dynamic 4-bit checkpoint of the model",
};

/** The model's repository on Hugging Face; a placeholder for a size, a custom architecture, and a base that was quantised before. */
export const namedBase = ({ model, method, quant }: Choices, catalog: Catalog): NamedBase => {
  const checkpoint = method === "qlora" ? CHECKPOINTS[quant] : undefined;
  if (checkpoint !== undefined) return { name: MODEL, placeholder: checkpoint };
  if (model.kind !== "catalog") return { name: MODEL, placeholder: "a model of the sizes that were counted" };
  const name = catalog.models[model.id]?.hf_repo;
  return name === undefined
    ? { name: MODEL, placeholder: "the model's name on Hugging Face" }
    : { name, placeholder: null };
};
