import type { ObjectiveId } from "#calc/model/objective.ts";
import type { Default } from "#interop/import/defaults-of.ts";
import type { Finding } from "#interop/import/finding.ts";
import type { Source } from "#interop/import/source.ts";
import { readGeneration } from "./generation.ts";
import { readHeldReference } from "./held-reference.ts";
import { readPreferenceLoss } from "./preference-loss.ts";
import { readRowLengths, type UsualLengths } from "./row-lengths.ts";

/** What a tool does where nothing is said. */
export type UsualObjective = UsualLengths & Readonly<{ beta: Default }>;

/** TRL's own. @see trl 1.16: trainer/dpo_config.py:195, grpo_config.py:494, 681 */
export const OF_TRL: UsualObjective = {
  row: { text: "1024", sentence: "TRL's default (1.16, trainer/dpo_config.py:195)." },
  completion: { text: "512", sentence: "TRL's default (1.16, trainer/grpo_config.py:494)." },
  beta: { text: "0", sentence: "TRL's default (1.16, trainer/grpo_config.py:681): no reference." },
};

/** All that says something of an objective that is counted, beside its name, by the names of TRL's configs. */
export const readCounted = (source: Source, objective: ObjectiveId, usual: UsualObjective): readonly Finding[] => [
  ...readRowLengths(source, objective, usual),
  ...readHeldReference(source, objective),
  ...readPreferenceLoss(source, objective),
  ...(objective === "grpo" ? readGeneration(source, usual.beta) : []),
];
