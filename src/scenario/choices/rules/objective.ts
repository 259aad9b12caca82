import { formatCount } from "#format/count.ts";
import { generationsOf, rowsGenerated, stepsAsked, stepsGenerated } from "#scenario/choices/asked-generation.ts";
import { usualReference, whyNotReference } from "#scenario/choices/asked-objective.ts";
import { teaches } from "#scenario/choices/asked-teacher.ts";
import { isSet } from "./apply-rules.ts";
import type { HeldForMethod, Rule } from "./rule.ts";

/** Rules for the reference model, the teacher and generated completions. */
export const OBJECTIVE_RULES: readonly Rule<HeldForMethod>[] = [
  {
    keys: ["ref"],
    of: "each",
    why: ({ choices, method }) => whyNotReference(choices, method),
    instead: ({ choices, method }) => ({ ref: usualReference(choices, method) ?? "none" }),
    follows: (method) => `so ${method} has its own`,
  },
  {
    keys: ["teacher"],
    why: ({ teacher, architecture }) => {
      if (teacher === undefined || teaches(teacher.architecture, architecture)) return null;
      const theirs = formatCount(teacher.architecture.vocab_size);
      const own = formatCount(architecture.vocab_size);
      return `has a vocabulary of ${theirs} and the student one of ${own}, and GKD compares them entry by entry`;
    },
    instead: ({ choices: { model } }) => ({ teacher: model.kind === "catalog" ? model.id : null }),
  },
  {
    keys: ["gensteps"],
    when: ({ now }) => isSet(now, "gensteps") || isSet(now, "generations"),
    why: ({ now }) =>
      stepsGenerated(now) === stepsAsked(now)
        ? null
        : "makes one completion in all, and TRL does not start with fewer than two of a prompt",
    instead: ({ now }) => ({ gensteps: stepsGenerated(now) }),
    value: ({ now }) => `${stepsAsked(now)}`,
  },
  {
    keys: ["generations"],
    why: ({ now }) =>
      generationsOf(now) === now.generations
        ? null
        : `does not divide the ${rowsGenerated(now) * now.gpus} of a generation (batch × gensteps × gpus), with which TRL does not start`,
    instead: ({ now }) => ({ generations: generationsOf(now) }),
  },
];
