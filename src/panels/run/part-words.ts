import { isCopy, OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import { completionsOf } from "#scenario/choices/asked-generation.ts";
import { askedReference } from "#scenario/choices/asked-objective.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { RunPart, RunPartId } from "#service/answers/run-parts.ts";
import { formatCount } from "#format/count.ts";

/** What each part of a run is called: on its cell, and inside a sentence. */
const NAMES: Readonly<Record<RunPartId, Readonly<{ name: string; words: string }>>> = {
  load: { name: "Load", words: "loading" },
  generate: { name: "Generate", words: "generation" },
  step: { name: "Step", words: "the step" },
  evaluate: { name: "Evaluate", words: "evaluation" },
  save: { name: "Save", words: "saving" },
  merge: { name: "Merge", words: "merging" },
  resume: { name: "Resume", words: "resuming" },
};

/** "Evaluate", on a cell. */
export const partName = (id: RunPartId): string => NAMES[id].name;

/** "evaluation", inside a sentence. */
export const partWords = (id: RunPartId): string => NAMES[id].words;

const SAVED: Readonly<Record<Choices["saving"], string>> = {
  none: "",
  adapter: "adapter only",
  full: "whole model",
  sharded: "each GPU’s part",
};

const hasTwoModels = (offered: Choices): boolean =>
  OBJECTIVE_TRAITS[offered.objective].hasTeacher === true || isCopy(askedReference(offered, offered.method));

const WHAT: Readonly<Record<RunPartId, (offered: Choices) => string>> = {
  load: (offered) => {
    if (hasTwoModels(offered)) return "two models";
    return offered.loading === "host" ? "weights, by the host" : "weights, once";
  },
  generate: (offered) => {
    const { rows, newTokens } = completionsOf(offered);
    return `${formatCount(rows)} × ${formatCount(newTokens)} new`;
  },
  step: ({ batch, seq }) => `${formatCount(batch)} × ${formatCount(seq)}`,
  evaluate: ({ eval: rows, evalseq, seq }) => `${formatCount(rows)} × ${formatCount(evalseq ?? seq)}`,
  save: ({ saving }) => SAVED[saving],
  merge: ({ merge }) => (merge === "safe" ? "safe_merge" : "into the base"),
  resume: () => "from a checkpoint",
};

/** Whether what a part is of is a batch, which a wide cell says: "batch 8 × 2,048". */
export const isOfBatch = ({ id, standing }: RunPart): boolean =>
  id === "step" || (id === "evaluate" && standing === "counted");

/** What a part is of: "8 × 2,048"; "if you do" where the run may go without it and nobody counts it. */
export const partWhat = ({ id, standing }: RunPart, offered: Choices, method: string): string => {
  if (standing === "offered") return "if you do";
  if (id === "save" && method === "full" && offered.saving === "adapter") return SAVED.full;
  return WHAT[id](offered);
};

/** The change that has a part counted. */
export const countingIt = (id: RunPartId, offered: Choices): Partial<Choices> => {
  switch (id) {
    case "load":
      return { loading: offered.loading };
    case "evaluate":
      return { eval: offered.eval };
    case "save":
      return { saving: offered.method === "full" ? "full" : offered.saving };
    case "merge":
      return { merge: offered.merge };
    case "resume":
      return { resume: offered.resume };
    case "generate":
    case "step":
      return {};
    default:
      return id satisfies never;
  }
};
