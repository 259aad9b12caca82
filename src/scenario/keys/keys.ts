import { GPUS } from "./gpus.ts";
import { LORA } from "./lora.ts";
import { METHOD } from "./methods.ts";
import { OBJECTIVE } from "./objective.ts";
import { OPEN } from "./open.ts";
import { PAGE } from "./page.ts";
import { RUN } from "./run.ts";
import { STACK } from "./stack.ts";
import { TRAINING } from "./training.ts";
import { USED } from "./used.ts";

/**
 * Every key of the choices: its values, and what a link without it means. Public interface: a key is never renamed without an alias, and a default never changed
 * without a new version `v`, since links leave defaults out.
 */
export const KEYS = {
  ...OPEN,
  ...METHOD,
  ...STACK,
  ...OBJECTIVE,
  ...TRAINING,
  ...RUN,
  ...LORA,
  ...GPUS,
  ...USED,
  ...PAGE,
};
