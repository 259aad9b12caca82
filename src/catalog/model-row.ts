import type { Architecture } from "#calc/model/architecture.ts";

/** A published figure, kept only to test ours against. */
export type PublishedCount = Readonly<{
  params: number;
  source: string;
  /** Why it differs from what the config gives, part by part: name and parameters (positive: in the published figure, not in ours). */
  differences?: readonly Readonly<{ what: string; params: number }>[];
}>;

/** What the page says of one model and counts with: its config.json fields. */
export type ModelFacts = Readonly<{
  name: string;
  architecture: Architecture;
}>;

/** What else is known of a model: more names to find it by, where its fields were read, and what others counted. */
export type ModelDetails = Readonly<{
  family: string;
  /** Hugging Face id. */
  hf_repo: string;
  license: string;
  /** null: no published count was found. */
  published: PublishedCount | null;
  /** What a reader must know: text decoder only, a field not confirmed ... */
  note?: string;
  source: readonly string[];
  retrieved: string;
}>;

/** A whole row of the catalog. */
export type ModelRow = ModelFacts & ModelDetails;
