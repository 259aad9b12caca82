import type { Knob, KnobMaker } from "#advice/knob.ts";
import { formatCount } from "#format/count.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { RANGES } from "#scenario/choices/ranges.ts";

/** The loss by other ways to the same number. */
export const loss: KnobMaker = ({ resolved }) => {
  const knobs: readonly Knob[] = [
    {
      id: "loss-fused",
      subject: "loss",
      title: "Fused loss",
      phrase: "use a fused loss",
      price: "lossFused",
      patch: { loss: "fused" },
    },
    {
      id: "loss-chunked",
      subject: "loss",
      title: "Chunked loss",
      phrase: "use a chunked loss",
      price: "lossChunked",
      patch: { loss: "chunked" },
    },
    {
      id: "loss-inplace",
      subject: "loss",
      title: "In-place loss",
      phrase: "use an in-place loss",
      price: "lossInPlace",
      patch: { loss: "inplace" },
    },
  ];
  return knobs.filter(({ patch }) => patch.loss !== resolved.loss);
};

/** Attention without a matrix of all pairs. */
export const attention: KnobMaker = ({ choices, resolved }) => {
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
  return knobs.filter(({ patch }) => (patch.attn ?? "sdpa") !== resolved.attn);
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

/** Smaller micro batches, more of them: the batch of an update stays what it is. */
export const microBatch: KnobMaker = ({ choices: { batch, accum } }) => {
  const smaller = [
    { id: "batch-half", to: batch / 2 },
    { id: "batch-1", to: 1 },
  ];
  return smaller
    .filter(({ to }, index) => Number.isInteger(to) && to < batch && (index === 0 || batch !== 2))
    .map(({ id, to }) => ({ id, to, next: (accum * batch) / to }))
    .filter(({ next }) => next <= RANGES.accum.max)
    .map(({ id, to, next }) => ({
      id,
      subject: "batch",
      title: `Batch ${formatCount(batch)} to ${formatCount(to)}`,
      phrase: `cut the micro batch to ${formatCount(to)}`,
      detail: `Accumulation ${formatCount(accum)} to ${formatCount(next)}.`,
      price: "accumulation",
      patch: { batch: to, accum: next },
    }));
};

/** Shares of the sequence that are offered: exact lengths are found by `inverse.ts`. */
const SHARES = [
  { id: "seq-half", of: 2 },
  { id: "seq-quarter", of: 4 },
] as const;
/** Nobody trains on rows shorter than this to save memory. */
const SHORTEST_TOKENS = 128;

/** Shorter rows. */
export const sequence: KnobMaker = ({ choices: { seq } }) =>
  SHARES.map(({ id, of }) => ({ id, to: Math.floor(seq / of) }))
    .filter(({ to }) => to >= SHORTEST_TOKENS)
    .map(({ id, to }) => ({
      id,
      subject: "sequence",
      title: `Sequence to ${formatCount(to)}`,
      phrase: `shorten the sequence to ${formatCount(to)}`,
      price: "sequence",
      patch: { seq: to },
    }));

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
