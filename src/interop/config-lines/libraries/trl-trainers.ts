import type { ObjectiveId } from "#calc/model/objective.ts";
import { ownValue } from "#calc/base/own-value.ts";

/** A trainer of TRL, and what its config has. */
export type TrlTrainer = Readonly<{
  /** What its classes begin with: `DPOConfig`, `DPOTrainer`. */
  name: string;
  /** Where they are imported from. */
  module: string;
  /** The word of TRL's command line; absent: it has none. */
  command?: string;
  /** What a row of its data has. */
  rows: string;
  /** Its config sends activations to the host. */
  offloads?: true;
  /** It takes a reference, or numbers of one that were made before training. */
  holdsReference?: true;
  /** It generates what it trains on. */
  generates?: true;
  /** It is handed a teacher. */
  isTaught?: true;
  /** It prepares a quantised base by itself. */
  prepares?: true;
  /** The loss that it is asked for, in the file of a command, which says by it whose fields it has. */
  loss?: string | readonly string[];
}>;

const PAIRS = 'rows with "prompt", "chosen" and "rejected"';

/** @see trl 1.16: experimental/orpo, experimental/cpo */
const WITHOUT_REFERENCE = { rows: PAIRS, prepares: true } as const;
const CPO: TrlTrainer = { name: "CPO", module: "trl.experimental.cpo", ...WITHOUT_REFERENCE };

/** @see trl 1.16: trainer/, scripts/, experimental/gkd */
const TRAINERS: Readonly<Record<string, TrlTrainer>> = {
  dpo: {
    name: "DPO",
    module: "trl",
    command: "dpo",
    rows: PAIRS,
    offloads: true,
    holdsReference: true,
    loss: ["sigmoid"],
  },
  kto: {
    name: "KTO",
    module: "trl",
    command: "kto",
    rows: 'rows with "prompt", "completion" and "label"',
    offloads: true,
    holdsReference: true,
  },
  grpo: { name: "GRPO", module: "trl", command: "grpo", rows: 'rows with a "prompt"', generates: true },
  orpo: { name: "ORPO", module: "trl.experimental.orpo", ...WITHOUT_REFERENCE },
  cpo: CPO,
  simpo: CPO,
  distill: {
    name: "GKD",
    module: "trl.experimental.gkd",
    rows: 'rows with "messages"',
    offloads: true,
    isTaught: true,
  },
};

/** The trainer of an objective; undefined of SFT, whose lines are its own, and of what no file is written for. */
export const trlTrainer = (objective: ObjectiveId): TrlTrainer | undefined => ownValue(TRAINERS, objective);

/** The word of TRL's command line that trains for it. */
export const trlCommand = (objective: ObjectiveId): string | undefined =>
  objective === "sft" ? "sft" : trlTrainer(objective)?.command;

/** Names of all configs. */
export const TRL_CONFIGS: readonly string[] = [
  ...new Set(["SFT", ...Object.values(TRAINERS).map(({ name }) => name)].map((name) => `${name}Config`)),
];
