import type { ChoiceKey } from "#scenario/keys/choices.ts";
import { GPUS } from "#scenario/keys/gpus.ts";
import { LORA } from "#scenario/keys/lora.ts";
import { METHOD } from "#scenario/keys/methods.ts";
import { OBJECTIVE } from "#scenario/keys/objective.ts";
import { RUN } from "#scenario/keys/run.ts";
import { STACK } from "#scenario/keys/stack.ts";
import { TRAINING } from "#scenario/keys/training.ts";
import { USED } from "#scenario/keys/used.ts";
import type { SectionId } from "./section-id.ts";

// Object.keys of a closed table gives its keys; its type cannot say so.
const keysOf = <Name extends ChoiceKey>(section: Readonly<Record<Name, unknown>>): readonly Name[] =>
  Object.keys(section) as Name[];

/** The keys that are set under each row that opens. */
export const SECTION_KEYS: Readonly<Record<SectionId, readonly ChoiceKey[]>> = {
  objective: keysOf(OBJECTIVE),
  methods: keysOf(METHOD),
  stack: keysOf(STACK),
  training: keysOf(TRAINING),
  run: keysOf(RUN),
  lora: keysOf(LORA),
  gpus: keysOf(GPUS),
  used: keysOf(USED),
};
