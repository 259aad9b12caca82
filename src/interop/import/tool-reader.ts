import type { Catalog } from "#catalog/catalog.ts";
import type { Finding } from "./finding.ts";
import type { Source } from "./source.ts";

/** What readers may look up. */
export type ReadWith = Readonly<{ catalog: Catalog }>;

/** Files of one tool: what shows that a file is one, and what its fields are in the link. */
export type ToolReader = Readonly<{
  id: string;
  /** With the version whose defaults it has: "LLaMA-Factory 0.9.5". */
  name: string;
  /** The `stack` of the link that such a run is; null: the file does not say which tool runs it. A finding of the key goes before it. */
  stack: string | null;
  /** `run`: what such a file leaves open the tool decides. `part`: it says a part of a run (how GPUs share it, an adapter, a model) and leaves the rest as it is. */
  says: "run" | "part";
  /** Seen in the fields, not in the file's name. */
  recognises: (source: Source) => boolean;
  /** Total: any value of any field gives findings. Fields that no finding is about are listed as not known. */
  read: (source: Source, look: ReadWith) => readonly Finding[];
  /** Names of fields (with their sections) that change no memory. A section's name with a point at its end stands for all in it. */
  harmless: readonly string[];
}>;
