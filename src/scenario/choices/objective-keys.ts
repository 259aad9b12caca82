import type { ObjectiveId } from "#calc/model/objective.ts";
import { OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import type { Choices } from "./choices.ts";

/** Why a choice goes with some objectives alone. `apart-words.ts` has the words, which the page does not need. */
export type Apart =
  | "of-sft"
  | "offloads"
  | "divides"
  | "evaluates"
  | "of-completions"
  | "of-reference"
  | "of-grpo"
  | "of-kto"
  | "of-teacher";

/** Choices that go with some objectives alone: with which, and why. */
type OfObjectives = Readonly<{
  keys: readonly (keyof Choices)[];
  goWith: (objective: ObjectiveId) => boolean;
  apart: Apart;
}>;

const isSft = (objective: ObjectiveId): boolean => objective === "sft";

const TABLE: readonly OfObjectives[] = [
  { keys: ["loss", "packing"], goWith: isSft, apart: "of-sft" },
  { keys: ["actoffload"], goWith: isSft, apart: "offloads" },
  { keys: ["tp", "sp", "cp", "pp", "ulysses", "ep"], goWith: isSft, apart: "divides" },
  {
    keys: ["eval", "evalseq", "evalkeep", "evalbatches", "evalmove", "evallist", "evalgen"],
    goWith: isSft,
    apart: "evaluates",
  },
  { keys: ["prompt", "completion", "fill"], goWith: (objective) => !isSft(objective), apart: "of-completions" },
  {
    keys: ["ref"],
    goWith: (objective) => OBJECTIVE_TRAITS[objective].reference !== "never",
    apart: "of-reference",
  },
  {
    keys: ["beta", "engine", "gensteps", "generations", "vllm", "sleep"],
    goWith: (objective) => OBJECTIVE_TRAITS[objective].reference === "with-beta",
    apart: "of-grpo",
  },
  { keys: ["kl"], goWith: (objective) => OBJECTIVE_TRAITS[objective].mismatches === true, apart: "of-kto" },
  {
    keys: ["teacher", "teacherdtype"],
    goWith: (objective) => OBJECTIVE_TRAITS[objective].hasTeacher === true,
    apart: "of-teacher",
  },
];

/** The choices that say nothing with an objective, and why. */
export const keysApart = (objective: ObjectiveId): ReadonlyMap<keyof Choices, Apart> =>
  new Map(
    TABLE.flatMap(({ keys, goWith, apart }) => (goWith(objective) ? [] : keys.map((key) => [key, apart] as const))),
  );
