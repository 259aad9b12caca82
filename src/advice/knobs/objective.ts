// Knobs for training objectives: reference model, teacher, and the KL term of GRPO.

import type { Knob, KnobMaker } from "./knob.ts";
import { isCopy } from "#calc/model/objective.ts";
import { referenceInEffect } from "#scenario/choices/objective-settings.ts";
import type { Choices } from "#scenario/keys/choices.ts";

const precomputed: Knob = {
  id: "reference-precomputed",
  subject: "reference",
  title: "Reference precomputed",
  phrase: "compute the reference’s log-probabilities before training",
  lever: { words: "precompute_ref_log_probs=True", isLargest: false },
  price: "precomputedReference",
  patch: { ref: "precomputed" },
};

const adaptersOff = ({ method, ref }: Choices): readonly Knob[] =>
  method === "full" || ref === null
    ? []
    : [
        {
          id: "reference-adapters-off",
          subject: "reference",
          title: "The policy, adapters off, as its reference",
          phrase: "let the policy without its adapters be the reference",
          price: "ownReference",
          patch: { ref: null },
        },
      ];

const packed: Knob = {
  id: "reference-4bit",
  subject: "reference",
  title: "Reference in 4 bits",
  phrase: "quantise the reference model",
  price: "packedReference",
  patch: { ref: "copy-4bit" },
};

/** Ways to hold no copy of the policy, or a smaller one. */
export const reference: KnobMaker = ({ choices, card }) => {
  const held = referenceInEffect(choices, choices.method);
  if (!isCopy(held)) return [];
  return [
    ...adaptersOff(choices),
    ...(choices.objective === "grpo" ? [] : [precomputed]),
    ...(held === "copy" && card.bitsandbytes ? [packed] : []),
  ];
};

/** A teacher in half the bytes. */
export const teacher: KnobMaker = ({ choices: { objective, teacherdtype }, card }) =>
  objective === "distill" && teacherdtype === "fp32" && card.compute === "bf16"
    ? [
        {
          id: "teacher-bf16",
          subject: "teacher",
          title: "Teacher in bf16",
          phrase: "load the teacher in bf16",
          lever: { words: 'teacher_model_init_kwargs={"dtype": "bfloat16"}', isLargest: false },
          price: "teacherFormat",
          patch: { teacherdtype: "bf16" },
        },
      ]
    : [];

/** GRPO without its distance from a reference, as TRL has it by default. */
export const withoutBeta: KnobMaker = ({ choices }) =>
  choices.beta === 0
    ? []
    : [
        {
          id: "beta",
          subject: "reference",
          title: "Beta 0, no reference model",
          phrase: "train without a reference model",
          lever: { words: "beta=0.0", isLargest: false },
          price: "withoutBeta",
          patch: { beta: 0, ref: null },
        },
      ];
