import type { ObjectiveId } from "#calc/model/objective.ts";
import { OBJECTIVE_TRAITS } from "#catalog/objective-traits.ts";
import type { Choices } from "./choices.ts";

/** Choices that go with some objectives alone: with which, and what a sentence says of one beside another objective. */
type OfObjectives = Readonly<{
  keys: readonly (keyof Choices)[];
  goWith: (objective: ObjectiveId) => boolean;
  why: string;
}>;

const isSft = (objective: ObjectiveId): boolean => objective === "sft";

const TABLE: readonly OfObjectives[] = [
  { keys: ["loss"], goWith: isSft, why: "is a choice of SFT, and other objectives have a loss of their own" },
  { keys: ["packing"], goWith: isSft, why: "is a choice of SFT, and rows of other objectives are padded" },
  {
    keys: ["tp", "sp", "cp", "pp", "ulysses", "ep"],
    goWith: isSft,
    why: "divides one model, which is counted for SFT alone",
  },
  {
    keys: ["eval", "evalseq", "evalkeep", "evalbatches", "evalmove", "evallist", "evalgen"],
    goWith: isSft,
    why: "is of an evaluation, which is counted for SFT alone",
  },
  {
    keys: ["prompt", "completion", "fill"],
    goWith: (objective) => !isSft(objective),
    why: "is of prompts and completions, and SFT trains on whole rows",
  },
  {
    keys: ["ref"],
    goWith: (objective) => OBJECTIVE_TRAITS[objective].reference !== "never",
    why: "belongs to objectives with a reference model",
  },
  {
    keys: ["beta"],
    goWith: (objective) => OBJECTIVE_TRAITS[objective].reference === "with-beta",
    why: "decides whether GRPO has a reference, and of no other objective",
  },
];

/** The choices that say nothing with an objective, and why. */
export const keysApart = (objective: ObjectiveId): ReadonlyMap<keyof Choices, string> =>
  new Map(TABLE.flatMap(({ keys, goWith, why }) => (goWith(objective) ? [] : keys.map((key) => [key, why] as const))));
