import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import { chosenSharding } from "#interop/config-lines/chosen-sharding.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import { ownWay, unwritten } from "#interop/config-lines/unwritten.ts";

/** The batch of an evaluation that nobody set, whatever that of training is. @see transformers 5.24: training_args.py, per_device_eval_batch_size */
const USUAL_BATCH = 8;

const isLossAlone = ({ choices: { evalkeep, evalgen } }: ChosenRun): boolean => evalkeep === "loss" && evalgen === 0;

/** Whether metrics need more than the loss is decided by `compute_metrics`, and can be taken back by a field. */
const kept = (run: ChosenRun, within: string): readonly Setting[] => {
  const { evalmove, evallist } = run.choices;
  return [
    { within, field: "prediction_loss_only", value: isLossAlone(run), otherwise: true },
    { within, field: "eval_accumulation_steps", value: evalmove === 0 ? null : evalmove, otherwise: null },
    {
      within,
      field: "eval_do_concat_batches",
      value: !evallist,
      otherwise: true,
      // transformers 4.40: training_args.py (none in 4.39)
      versions: "From transformers 4.40.",
    },
  ];
};

type Evaluating = Readonly<{
  tool: string;
  /** The class of the arguments, and the batch that it takes by itself. */
  within: string;
  usualBatch?: number;
  /** The class that takes functions; absent: nothing of this library does. */
  trainer?: string;
}>;

/** What is kept of logits is a function's choice, which a file of fields cannot name. @see transformers 5.24: trainer.py, preprocess_logits_for_metrics */
const argmax = (run: ChosenRun, { tool, trainer }: Evaluating): Setting => {
  const field = "preprocess_logits_for_metrics";
  const isOn = run.choices.evalkeep === "argmax";
  if (trainer === undefined)
    return {
      name: field,
      chosen: String(isOn),
      sentence: `${tool} has no field for keeping the argmax of logits: it is ${field} of the Trainer.`,
      when: isOn ? "chosen" : "taken-back",
    };
  const code = isOn ? "lambda logits, labels: logits.argmax(dim=-1)" : "None";
  return { within: trainer, field, value: { code }, otherwise: { code: "None" } };
};

/** An evaluation, by the names of transformers' Trainer; nothing where none is counted. @see transformers 5.24: training_args.py */
export const trainerEvaluation = (run: ChosenRun, of: Evaluating): readonly Setting[] => {
  if (run.choices.eval === 0) return [];
  const { tool, within, usualBatch = USUAL_BATCH } = of;
  return [
    { within, field: "per_device_eval_batch_size", value: run.choices.eval, otherwise: usualBatch },
    ...kept(run, within),
    argmax(run, of),
    unwritten(run, [tool, "evaluationLength"], { instead: "rows are cut where they become tokens" }),
  ];
};

/** What is written: under FSDP each rank's part by an option of accelerate's launcher, adapters by themselves. */
export const trainerSaving = (run: ChosenRun, tool: string): readonly Setting[] =>
  run.choices.saving === "sharded" && chosenSharding(run).kind === "fsdp" ? [] : [unwritten(run, [tool, "saving"])];

/** Adapters merged by a call at the end of a script. @see peft 0.21: tuners/tuners_utils.py, merge_and_unload */
export const mergeCall = (run: ChosenRun): Setting => {
  const call = { 0: null, 1: "", safe: "safe_merge=True" }[run.choices.merge];
  return { name: "merge", statement: call === null ? null : `model = model.merge_and_unload(${call})` };
};

/** Adapters merged by a command of its own, after training and in another process. */
export const mergedElsewhere = (run: ChosenRun, tool: string, command: string): Setting =>
  run.choices.merge === "0"
    ? ownWay(run, [tool, "merging"])
    : unwritten(run, [tool, "merging"], { instead: `${command} merges in a process of its own` });
