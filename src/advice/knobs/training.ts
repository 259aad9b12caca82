// Knobs for the training step: attention, checkpointing, micro-batch, sequence length, packing.

import { type Knob, type KnobMaker, type ScaleMaker, scaleOf } from "./knob.ts";
import { formatCount } from "#format/numbers.ts";
import { attentionInEffect } from "#scenario/choices/adapters-and-kernels.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { RANGES } from "#scenario/keys/choices.ts";

/** Attention without a matrix of all pairs. */
export const attention: KnobMaker = ({ choices, resolved, architecture }) => {
  const knobs: readonly Knob[] = [
    {
      id: "attn-flash",
      subject: "attention",
      title: "Flash attention",
      phrase: "use flash attention",
      price: "attention",
      patch: { attn: "flash" },
    },
    {
      id: "attn-sdpa",
      subject: "attention",
      title: "SDPA attention",
      phrase: "use SDPA attention",
      price: "attention",
      // Where the stack takes it anyway, the card says which kernel it is.
      patch: { attn: stackOf(choices).attn_implementation === "sdpa" ? null : "sdpa" },
    },
  ];
  const isThere = ({ id }: Knob): boolean =>
    id !== "attn-sdpa" || attentionInEffect({ ...choices, attn: null }, "sdpa", architecture) === "sdpa";
  return knobs.filter((knob) => isThere(knob) && (knob.patch.attn ?? "sdpa") !== resolved.attn);
};

/** Activations computed again instead of kept. */
export const checkpointing: KnobMaker = ({ choices, resolved }) => {
  const knobs: readonly Knob[] = [
    {
      id: "ckpt",
      subject: "checkpointing",
      title: "Gradient checkpointing",
      phrase: "turn on gradient checkpointing",
      price: "checkpointing",
      patch: { ckpt: true },
    },
    {
      id: "ckpt-whole",
      subject: "checkpointing",
      title: "Checkpoint every layer whole",
      phrase: "checkpoint every layer whole",
      price: "checkpointing",
      patch: { selective: "none" },
    },
  ];
  if (!choices.ckpt) return knobs.slice(0, 1);
  return resolved.selective === "none" ? [] : knobs.slice(1);
};

/** Activations in the host's memory until backward asks for them. */
export const activations: KnobMaker = ({ resolved }) =>
  resolved.actoffload
    ? []
    : [
        {
          id: "actoffload",
          subject: "activations",
          title: "Activations in host memory",
          phrase: "keep activations in host memory",
          price: "offloadedActivations",
          patch: { actoffload: true },
        },
      ];

/** Smaller micro batches, more of them: the batch of an update stays what it is, so that only divisors of its rows are offered. */
export const microBatch: ScaleMaker = ({ choices: { batch, accum } }) => {
  const rows = batch * accum;
  const sizes = Array.from({ length: batch - 1 }, (_, index) => index + 1).filter(
    (to) => rows % to === 0 && rows / to <= RANGES.accum.max,
  );
  const at = (to: number): Knob => {
    const next = formatCount(rows / to);
    const bare = `cut the micro batch to ${formatCount(to)}`;
    return {
      id: "batch",
      subject: "batch",
      title: `Batch ${formatCount(batch)} to ${formatCount(to)}`,
      phrase: `${bare} with accumulation ${next}`,
      bare,
      detail: `Accumulation ${formatCount(accum)} to ${next}.`,
      price: "accumulation",
      patch: { batch: to, accum: rows / to },
    };
  };
  return scaleOf(sizes, { now: batch, at });
};

/** Lengths are whole steps of this, and no shorter than two: nobody trains on rows of less than 128 tokens to save memory. */
export const SEQUENCE_STEP = 64;

/** Shorter rows. */
export const sequence: ScaleMaker = ({ choices: { seq } }) => ({
  count: Math.max(0, Math.ceil(seq / SEQUENCE_STEP) - 2),
  half: Math.max(1, Math.floor(seq / 2 / SEQUENCE_STEP) - 1),
  at: (rung) => {
    const to = (rung + 1) * SEQUENCE_STEP;
    return {
      id: "seq",
      subject: "sequence",
      title: `Sequence to ${formatCount(to)}`,
      phrase: `shorten the sequence to ${formatCount(to)}`,
      price: "sequence",
      patch: { seq: to },
    };
  },
});

/** Full rows instead of padded ones. */
export const packing: KnobMaker = ({ choices }) =>
  choices.packing
    ? []
    : [
        {
          id: "packing",
          subject: "packing",
          title: "Packing",
          phrase: "pack rows",
          price: "packing",
          patch: { packing: true },
        },
      ];
