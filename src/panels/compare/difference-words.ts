import { METHOD_NAMES } from "#advice/method-names.ts";
import { isWayOut } from "#calc/card/is-way-out.ts";
import { GIB } from "#calc/base/quantity.ts";
import { TERM_STYLE } from "#charts/term-style.ts";
import { capitalised } from "#format/capitalised.ts";
import { formatGib } from "#format/bytes.ts";
import { formatCount } from "#format/count.ts";
import { focusedMethod } from "#panels/answer/focused-method.ts";
import { changedFields } from "#scenario/choices/changed-fields.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { resolve } from "#scenario/choices/resolve-stack.ts";

/** How a field is called in a list of differences; those that are no part of what is computed are not in it. */
const FIELD_WORDS: Partial<Record<keyof Choices, string>> = {
  model: "model",
  method: "method",
  stack: "stack",
  weights: "weights",
  grads: "gradients",
  states: "optimizer states",
  adapters: "adapters",
  autocast: "autocast",
  quant: "quantised base",
  dq: "double quantization",
  kbit: "k-bit preparation",
  r: "rank",
  alpha: "alpha",
  dropout: "dropout",
  targets: "targets",
  dora: "DoRA",
  save: "modules saved whole",
  batch: "batch",
  seq: "sequence",
  accum: "gradient accumulation",
  packing: "packing",
  ckpt: "gradient checkpointing",
  selective: "selective checkpointing",
  actoffload: "activations in host memory",
  attn: "attention",
  loss: "loss",
  optim: "optimizer",
  gpu: "GPU",
  used: "GiB in use",
  gpus: "GPUs",
  shard: "sharding",
  offload: "offload",
  tp: "tensor parallelism",
  sp: "sequence parallelism",
  cp: "context parallelism",
  pp: "pipeline parallelism",
  ulysses: "Ulysses",
  compute: "compute type",
  tuner: "tuner",
};

/** What the stack puts in where nothing was chosen. */
const settledValue = ({ choices, gpu }: Answer, field: keyof Choices): unknown => {
  if (choices[field] !== null) return choices[field];
  if (field === "alpha") return 2 * choices.r;
  const settled: Readonly<Record<string, unknown>> = resolve(choices, choices.method, gpu.traits);
  return settled[field] ?? "as trained";
};

const valueWords = (answer: Answer, field: keyof Choices): string => {
  if (field === "model") return answer.model.name;
  if (field === "gpu") return answer.gpu.shortName;
  if (field === "method") return METHOD_NAMES[answer.choices.method].label;
  const value = settledValue(answer, field);
  if (typeof value === "number") return Number.isInteger(value) ? formatCount(value) : String(value);
  if (typeof value === "boolean") return value ? "on" : "off";
  return Array.isArray(value) ? value.join(", ") || "none" : String(value);
};

/** What was chosen differently, a phrase each: "Sequence 4,096 instead of 2,048". A field that comes to the same is none. */
const choicesApart = (one: Answer, first: Answer): readonly string[] =>
  changedFields(first.choices, one.choices).flatMap((field) => {
    const words = FIELD_WORDS[field];
    const [now, before] = [valueWords(one, field), valueWords(first, field)];
    return words === undefined || now === before ? [] : [`${capitalised(words)} ${now} instead of ${before}`];
  });

const amount = (bytes: number): string => `${formatGib(Math.abs(bytes))} GiB ${bytes > 0 ? "more" : "less"}`;

/** A twentieth of a GiB: what the page writes as "< 0.1". */
const NOTICEABLE = 0.05 * GIB;

/** The term that differs most, in words; empty where none does by as much as the page can show. */
const mostly = (one: MethodAnswer, first: MethodAnswer): string => {
  const apart = one.estimate.terms
    .map(({ id, bytes }) => ({ id, bytes: bytes - (first.estimate.terms.find((term) => term.id === id)?.bytes ?? 0) }))
    .toSorted((a, b) => Math.abs(b.bytes) - Math.abs(a.bytes));
  const [most] = apart;
  if (most === undefined || Math.abs(most.bytes) < NOTICEABLE) return "";
  return `, most of it ${TERM_STYLE[most.id].label.toLowerCase()} (${amount(most.bytes)})`;
};

const fitApart = (one: MethodAnswer, first: MethodAnswer): string => {
  const [fits, fitted] = [isWayOut(one.card), isWayOut(first.card)];
  if (fits === fitted) return fits ? "Both fit" : "Neither fits";
  return fits ? "This one fits, A does not" : "This one does not fit, A does";
};

/**
 * How a scenario differs from the first, in words: what was chosen differently, what that does to the memory on the card and to which term, and whether
 * it still fits.
 */
export const differenceWords = (one: Answer, first: Answer): readonly string[] => {
  const [focus, firstFocus] = [focusedMethod(one), focusedMethod(first)];
  const chosen = choicesApart(one, first);
  if (focus === null || firstFocus === null) return chosen;
  const bytes = focus.estimate.onCardBytes - firstFocus.estimate.onCardBytes;
  const takes = Math.abs(bytes) < NOTICEABLE ? "Takes the same" : `Takes ${amount(bytes)}${mostly(focus, firstFocus)}`;
  return [...(chosen.length === 0 ? ["The same choices as A"] : chosen), takes, fitApart(focus, firstFocus)];
};
