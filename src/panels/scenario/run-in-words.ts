import { capitalised } from "#format/capitalised.ts";
import { formatCount } from "#format/count.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** What stands where no moment is counted. */
export const NOT_COUNTED = "Not counted";

const KEPT: Readonly<Record<Choices["evalkeep"], string | null>> = {
  loss: null,
  logits: "logits kept",
  argmax: "argmax kept",
};

const SAVED: Readonly<Record<Choices["saving"], string | null>> = {
  none: null,
  adapter: "saves adapters",
  full: "saves the whole model",
  sharded: "saves shards",
};

const MERGED: Readonly<Record<Choices["merge"], string | null>> = {
  0: null,
  1: "merges adapters",
  safe: "merges adapters safely",
};

const LOADED: Readonly<Record<Choices["loading"], string | null>> = {
  none: null,
  device: "loaded on the GPU",
  host: "loaded on the host",
};

const evaluationInWords = ({ eval: batch, evalgen, evalkeep }: Choices): string | null => {
  if (batch === 0) return null;
  const kept = evalgen === 0 ? KEPT[evalkeep] : `${formatCount(evalgen)} tokens generated`;
  return [`batch ${formatCount(batch)}`, ...(kept === null ? [] : [kept])].join(", ");
};

/** Which moments outside the training step are counted: "Batch 8, logits kept; saves adapters; resumed". The row says of what the batch is. */
export const runInWords = (choices: Choices): string => {
  const { saving, merge, resume, loading } = choices;
  const moments = [
    evaluationInWords(choices),
    SAVED[saving],
    MERGED[merge],
    resume ? "resumed" : null,
    LOADED[loading],
  ].filter((words) => words !== null);
  return moments.length === 0 ? NOT_COUNTED : capitalised(moments.join("; "));
};
