import type { Apart } from "#scenario/keys/key.ts";

/** What is said of a choice that does not go with the objective, as a sentence goes on from its key. */
export const APART_WORDS: Readonly<Record<Apart, string>> = {
  "of-sft": "is a choice of SFT, and other objectives have a loss and rows of their own",
  offloads: "moves what backward needs, which is counted for SFT alone",
  divides: "divides one model, which is counted for SFT alone",
  evaluates: "is of an evaluation, which is counted for SFT alone",
  "of-completions": "is of prompts and completions, and SFT trains on whole rows",
  "of-reference": "belongs to objectives with a reference model",
  "of-grpo": "is a choice of GRPO, and says nothing of other objectives",
  "of-kto": "is a choice of KTO’s loss",
  "of-teacher": "is of a teacher, which distillation alone has",
};
