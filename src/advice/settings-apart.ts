import { formatParams } from "#format/count.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { askedReference } from "#scenario/choices/asked-objective.ts";
import { changedFields } from "#scenario/choices/changed-fields.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { METHOD_NAMES } from "#scenario/choices/method-names.ts";
import { valueWords } from "./value-words.ts";

/** Choices, with model, teacher and card by name. */
type Named = Pick<Answer, "choices" | "resolved" | "model" | "teacher" | "gpu">;

/** A setting that differs: "sequence", "2,048", "4,096". */
export type SettingApart = Readonly<{ field: keyof Choices; name: string; before: string; after: string }>;

/** A value that has a comma of its own is quoted. */
const quoted = (value: string): string => (value.includes(", ") ? `“${value}”` : value);

/** "sequence 4,096 instead of 2,048"; "optimizer “AdamW, 8-bit” instead of “AdamW, fused”" */
export const apartWords = ({ name, before, after }: SettingApart): string =>
  `${name} ${quoted(after)} instead of ${quoted(before)}`;

/** Fields that say how the page shows a scenario, and texts of identities that nobody knows, which have no answer to compare. */
type PageField = "show" | "embed" | "theme" | "only" | "hide" | "lock" | "unknown";

/** The name of a field in a list of differences: every one that belongs to a scenario, so that a new one does not compile without its words. */
const FIELD_WORDS: Readonly<Record<Exclude<keyof Choices, PageField>, string>> = {
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
  experts: "experts",
  expertread: "reading of experts",
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
  lengths: "row lengths",
  alloc: "allocator",
  liger: "Liger’s kernels",
  lorakernels: "fused LoRA kernels",
  reentrant: "reentrant checkpoints",
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
  ep: "expert parallelism",
  compute: "compute type",
  tuner: "tuner",
  eval: "evaluation batch",
  evalseq: "evaluation length",
  evalkeep: "kept of an evaluation",
  evalbatches: "evaluation batches",
  evalmove: "evaluation steps on the GPU",
  evallist: "evaluation kept in a list",
  evalgen: "tokens generated",
  saving: "saving",
  merge: "merge",
  resume: "resumed run",
  loading: "loading",
  objective: "objective",
  ref: "reference model",
  prompt: "prompt tokens",
  completion: "completion tokens",
  fill: "non-padding fraction",
  beta: "beta",
  kl: "mismatched completions",
  engine: "generation engine",
  gensteps: "steps per generation",
  generations: "completions per prompt",
  vllm: "vLLM’s share of the card",
  sleep: "sleep mode",
  teacher: "teacher",
  teacherdtype: "teacher type",
};

/** As `FIELD_WORDS`, for any field: what only the page has is no difference between scenarios. */
const wordsOfField: Readonly<Partial<Record<keyof Choices, string>>> = FIELD_WORDS;

/** What is so where neither the choices nor the stack say it. */
const OPEN_WORDS: Partial<Record<keyof Choices, string>> = {
  liger: "off",
  lorakernels: "off",
  reentrant: "as the library has them",
  evalseq: "as the sequence",
  prompt: "half of the sequence",
  completion: "the rest of the sequence",
  gensteps: "as gradient accumulation",
  teacher: "the model itself",
};

/** What stands where nothing was chosen. */
const settledValue = ({ choices, resolved }: Named, field: keyof Choices): unknown => {
  if (choices[field] !== null) return choices[field];
  if (field === "alpha") return 2 * choices.r;
  if (field === "ref") return askedReference(choices, choices.method) ?? "none";
  const settled: Readonly<Record<string, unknown>> = resolved;
  return settled[field] ?? OPEN_WORDS[field] ?? "as trained";
};

/** "Llama 3.1 8B"; "9.97 B" where only a size was chosen. */
const modelWords = ({ choices, model }: Named): string =>
  choices.model.kind === "size" ? formatParams(choices.model.params) : model.name;

const wordsOf = (answer: Named, field: keyof Choices): string => {
  if (field === "model") return modelWords(answer);
  if (field === "gpu") return answer.gpu.shortName;
  if (field === "teacher" && answer.choices.teacher !== null) return answer.teacher?.name ?? answer.choices.teacher;
  if (field === "method") return METHOD_NAMES[answer.choices.method].label;
  return valueWords(field, settledValue(answer, field));
};

/** What follows from a setting that differs, where it was not chosen: sharding from the number of GPUs, a quantised base from the library. */
const FOLLOWS: Partial<Record<keyof Choices, readonly (keyof Choices)[]>> = {
  gpus: ["shard"],
  stack: ["experts", "expertread", "kbit"],
};

/** Experts are read in some way where they are packed: that differs only where they are on both sides. */
const isOnBothSides = ({ resolved: before }: Named, { resolved: after }: Named, field: keyof Choices): boolean =>
  field !== "expertread" || (before.expertread !== null && after.expertread !== null);

const changedWithFollowing = (before: Named, after: Named): readonly (keyof Choices)[] => {
  const changed = changedFields(before.choices, after.choices);
  const isQlora = before.choices.method === "qlora" && after.choices.method === "qlora";
  const follows = changed
    .flatMap((field) => (field === "stack" && !isQlora ? [] : (FOLLOWS[field] ?? [])))
    .filter((field) => isOnBothSides(before, after, field));
  return [...changed, ...follows.filter((field) => !changed.includes(field))];
};

/** The settings in which two scenarios differ, in words, each with what the stack puts in where nothing was chosen; one that comes to the same is none. */
export const settingsApart = (before: Named, after: Named): readonly SettingApart[] =>
  changedWithFollowing(before, after).flatMap((field) => {
    const name = wordsOfField[field];
    const words = { before: wordsOf(before, field), after: wordsOf(after, field) };
    return name === undefined || words.before === words.after ? [] : [{ field, name, ...words }];
  });
