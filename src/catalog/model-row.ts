import type { Architecture } from "#calc/architecture.ts";

/** A published figure, kept only to test ours against. */
export type PublishedCount = Readonly<{
  params: number;
  source: string;
  /** Why it differs from what the config gives, part by part: name and parameters (positive: in the published figure, not in ours). */
  differences?: readonly Readonly<{ what: string; params: number }>[];
}>;

/** One model: its config.json fields, and where they were read. */
export type ModelRow = Readonly<{
  name: string;
  family: string;
  /** Hugging Face id. */
  hf_repo: string;
  license: string;
  architecture: Architecture;
  /** null: no published count was found. */
  published: PublishedCount | null;
  source: readonly string[];
  retrieved: string;
  /** What a reader must know: text decoder only, a field not confirmed ... */
  note?: string;
}>;
