import type { ObjectiveId } from "#calc/model/objective.ts";
import type { StackId } from "#catalog/stacks.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { hasFusedHead, isCounted } from "../trl-version.ts";
import type { MeasuredRun } from "./measured-run.ts";
import type { NotMapped } from "./not-mapped.ts";

/** What a run trained for; a row that does not say it is of supervised fine-tuning. */
export const objectiveOf = ({ objective }: Pick<MeasuredRun, "objective">): ObjectiveId => objective ?? "sft";

/** What of choices an objective goes by. Of a row's tokens `completion` are completion where it does not say how many are prompt. */
type OfObjective = Pick<Choices, "objective" | "ref" | "prompt" | "beta" | "kl">;

/** What a run trained for, held against what, and how its rows are parted. */
export const runObjective = (
  run: Pick<MeasuredRun, "objective" | "ref" | "prompt" | "completion" | "beta" | "kl" | "seq_len">,
): OfObjective => {
  const { ref = null, prompt, completion, beta, kl, seq_len } = run;
  const rest = completion === undefined || seq_len === null ? null : seq_len - completion;
  return {
    objective: objectiveOf(run),
    ref,
    prompt: prompt ?? rest,
    beta: beta ?? DEFAULT_CHOICES.beta,
    kl: kl ?? DEFAULT_CHOICES.kl,
  };
};

const VERSION = /\btrl\W{0,3}v?(\d+\.\d+)/i;

/** The stack whose code a run of another objective than SFT had: TRL's of that version, as far as it is counted. */
export const objectiveStack = (run: Pick<MeasuredRun, "objective" | "framework">): StackId | NotMapped => {
  const objective = objectiveOf(run);
  const version = VERSION.exec(run.framework)?.[1];
  if (version === undefined) return { why: `its source names no version of TRL, and trains for ${objective}` };
  if (!isCounted(version, objective)) return { why: `${objective} of TRL ${version} is not counted` };
  if (hasFusedHead(version)) return "trl";
  return objective === "grpo" ? "trl-1.9" : "trl-1.14";
};
