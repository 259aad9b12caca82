import type { ChoiceKey } from "#scenario/keys/choices.ts";
import { GPUS_WORDS } from "./gpus.ts";
import type { KeyWords } from "./key-words.ts";
import { LORA_WORDS } from "./lora.ts";
import { METHOD_WORDS } from "./methods.ts";
import { OBJECTIVE_WORDS } from "./objective.ts";
import { OPEN_WORDS } from "./open.ts";
import { PAGE_WORDS } from "./page.ts";
import { RUN_WORDS } from "./run.ts";
import { STACK_WORDS } from "./stack.ts";
import { TRAINING_WORDS } from "./training.ts";
import { USED_WORDS } from "./used.ts";

/** The words for every key of the choices and for its values. */
export const WORDS: Readonly<Record<ChoiceKey, KeyWords>> = {
  ...OPEN_WORDS,
  ...METHOD_WORDS,
  ...STACK_WORDS,
  ...OBJECTIVE_WORDS,
  ...TRAINING_WORDS,
  ...RUN_WORDS,
  ...LORA_WORDS,
  ...GPUS_WORDS,
  ...USED_WORDS,
  ...PAGE_WORDS,
};
