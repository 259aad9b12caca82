// Topics that choices set, and the sentences for libraries that have no field for them.

import { referenceInEffect, promptTokenCount } from "#scenario/choices/objective-settings.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import {
  defaultKbitPreparation,
  expertReadOf,
  type Resolved,
  type ResolvedByModel,
  isAllFourBit,
} from "#scenario/choices/resolve-stack.ts";
import type { ParameterFormat } from "#calc/base/dtypes.ts";
import { uncapitalized, capitalized } from "#format/phrases.ts";
import { GPUS_WORDS, LORA_WORDS, STACK_WORDS } from "#scenario/words/key-words.ts";
import { type ChosenRun, chosenSharding } from "./chosen-run.ts";
import { type UnwrittenSetting, type Setting, settingName } from "./setting.ts";

/** The model that a trainer is handed as its reference; null where it makes its own, or has none. */
export const heldReference = (choices: Choices): "copy" | "copy-4bit" | null => {
  const { method } = choices;
  const held = referenceInEffect(choices, method);
  return held === "copy-4bit" || (held === "copy" && method !== "full") ? held : null;
};

/** One thing that choices set, for libraries that have no field for it. */
type Topic = Readonly<{
  /** What is chosen, as the object of a sentence: "torchtune has no field for flash attention". */
  words: (run: ChosenRun) => string;
  chosen: (run: ChosenRun) => unknown;
  /** What is chosen where nothing of the kind is asked for. */
  nothing?: unknown;
  /** What the library does where that is left to it. */
  own?: (run: ChosenRun) => unknown;
}>;

const ATTENTION: Readonly<Record<Resolved["attn"], string>> = {
  flash: "flash attention",
  sdpa: "SDPA",
  math: "SDPA’s math kernel",
  eager: "eager attention",
};

const LOSS: Readonly<Record<Resolved["loss"], string>> = {
  full: "a loss over full logits",
  parallel: "a loss over divided logits",
  inplace: "an in-place loss",
  chunked: "a chunked loss",
  fused: "a fused loss",
};

const OFFLOADED: Readonly<Record<Choices["offload"], string>> = {
  none: "nothing",
  optimizer: "the optimizer",
  all: "everything",
};

const SAVED: Readonly<Record<Choices["saving"], string>> = {
  none: "what is saved",
  adapter: "saving adapters alone",
  full: "saving the whole model",
  sharded: "saving each GPU’s part",
};

const KBIT: Readonly<Record<Resolved["kbit"], string>> = {
  fp32: "preparing a quantised base",
  trl: "preparing a quantised base as TRL did",
  "trl-0.11": "preparing a quantised base as TRL 0.11 did",
  axolotl: "preparing a quantised base as Axolotl does",
  none: "leaving a quantised base unprepared",
};

/** Also where that is asked of a library which never does it: then the lines say so. */
const areOffloaded = ({ choices, resolved }: ChosenRun): boolean => resolved.actoffload || choices.actoffload === true;

const shardingWords = ({ resolved: { shard } }: ChosenRun): string =>
  shard === "none" ? "a whole model on each GPU" : GPUS_WORDS.shard.values[shard];

/** A base by its format; double quantization where there is a choice. */
const baseWords = ({ choices: { quant, dq } }: ChosenRun): string => {
  const scales = dq ? "with" : "without";
  return `a base in ${STACK_WORDS.quant.values[quant]}${isAllFourBit(quant) ? ` ${scales} double quantization` : ""}`;
};

const formatWords = (format: ParameterFormat): string => (typeof format === "number" ? `${format} bytes each` : format);

/** How experts are stored and read. */
const expertsOf = ({ experts, expertread }: ResolvedByModel): string => `${experts}, ${expertread}`;

/** "experts in 4-bit"; how they are read, where that is not the library's way of packed experts. */
const expertsWords = ({ choices, resolved: { experts, expertread } }: ChosenRun): string => {
  if (experts === "16bit" || expertread === null) return "experts as they are loaded";
  const isOwnRead = expertread === expertReadOf({ ...choices, expertread: null });
  return `experts in ${STACK_WORDS.experts.values[experts]}${isOwnRead ? "" : `, ${uncapitalized(STACK_WORDS.expertread.values[expertread])}`}`;
};

/** What is asked for or not. */
const asked = (words: string, chosen: Topic["chosen"], nothing: unknown): Topic => ({
  words: () => words,
  chosen,
  nothing,
});

/** What choices set, where some library has no field for it. */
export const TOPICS = {
  sequence: asked("the length of rows", ({ choices }) => choices.seq, null),
  accumulation: asked("accumulation", ({ choices }) => choices.accum, 1),
  checkpointing: asked("checkpointing", ({ choices }) => choices.ckpt, false),
  selective: {
    words: ({ resolved }) => `checkpointing layers ${resolved.selective === "none" ? "whole" : "in part"}`,
    chosen: ({ choices, resolved, stack }) => (choices.ckpt ? resolved.selective : (stack.selective ?? "none")),
    own: ({ stack }) => stack.selective ?? "none",
  },
  activations: {
    words: (run) => `activations ${areOffloaded(run) ? "in host memory" : "on the GPU"}`,
    chosen: areOffloaded,
    own: ({ stack }) => stack.checkpointsOffloaded,
  },
  reentrance: {
    words: ({ resolved }) => `checkpoints that are ${resolved.reentrant ? "" : "not "}reentrant`,
    chosen: ({ choices, resolved }) => choices.ckpt && resolved.reentrant === true,
    own: ({ usual }) => usual.reentrant === true,
  },
  liger: asked("Liger’s kernels", ({ resolved }) => resolved.liger === true, false),
  attention: {
    words: ({ resolved }) => ATTENTION[resolved.attn],
    chosen: ({ resolved }) => resolved.attn,
    own: ({ stack }) => stack.attn_implementation,
  },
  loss: {
    words: ({ resolved }) => LOSS[resolved.loss],
    chosen: ({ resolved }) => resolved.loss,
    own: ({ stack }) => stack.loss,
  },
  packing: asked("packing rows", ({ choices }) => choices.packing, false),
  optimizer: {
    words: ({ resolved }) => `the optimizer ${resolved.optim}`,
    chosen: ({ resolved }) => resolved.optim,
    own: ({ stack }) => stack.optim,
  },
  method: {
    words: () => "adapters or a quantised base",
    chosen: ({ choices: { method, quant, dq } }) => (method === "qlora" ? [quant, dq] : method),
    nothing: "full",
  },
  quantization: {
    words: baseWords,
    chosen: ({ choices: { method, quant, dq } }) => (method === "qlora" ? [quant, dq] : null),
    nothing: null,
  },
  kbit: {
    words: ({ resolved }) => KBIT[resolved.kbit],
    chosen: ({ resolved }) => resolved.kbit,
    own: ({ choices }) => defaultKbitPreparation(choices),
  },
  experts: {
    words: expertsWords,
    chosen: ({ resolved }) => expertsOf(resolved),
    own: ({ usual }) => expertsOf(usual),
  },
  adapterFormat: {
    words: ({ resolved }) => `adapters in ${formatWords(resolved.adapters)}`,
    chosen: ({ resolved }) => resolved.adapters,
    own: ({ choices, stack }) => (choices.method === "qlora" ? stack.adapters.qlora : stack.adapters.lora),
  },
  rank: asked("the rank of adapters", ({ choices, resolved }) => [choices.r, resolved.alpha], null),
  targets: asked("these target modules", ({ targets }) => targets, null),
  tuner: { words: ({ tuner }) => LORA_WORDS.tuner.values[tuner], chosen: ({ tuner }) => tuner, nothing: "lora" },
  dora: asked("DoRA", ({ dora }) => dora, false),
  saved: asked("modules trained beside adapters", ({ choices }) => choices.save.join(), ""),
  sharding: {
    words: shardingWords,
    chosen: ({ resolved }) => resolved.shard,
    nothing: "none",
  },
  /** Sharding and offload, where one field says both. */
  placement: {
    words: (run) =>
      `${shardingWords(run)}${run.choices.offload === "none" ? "" : ` with ${OFFLOADED[run.choices.offload]} in host memory`}`,
    chosen: ({ choices, resolved }) => [resolved.shard, choices.offload],
  },
  offload: {
    words: ({ choices }) => `keeping ${OFFLOADED[choices.offload]} in host memory`,
    chosen: ({ choices }) => choices.offload,
    nothing: "none",
  },
  gradients: asked("the format of gradients", ({ choices }) => choices.grads, null),
  states: asked("the format of optimizer states", ({ choices }) => choices.states, null),
  weights: asked("the format of weights", ({ choices }) => choices.weights, null),
  tensorParallel: asked("tensor parallelism", ({ choices }) => choices.tp, 1),
  sequenceParallel: asked("sequence parallelism", ({ choices }) => choices.sp, false),
  contextParallel: asked("context parallelism", ({ choices }) => choices.cp, 1),
  pipeline: asked("a pipeline", ({ choices }) => choices.pp, 1),
  ulysses: asked("Ulysses", ({ choices }) => choices.ulysses, 1),
  evaluationBatch: asked("the batch of an evaluation", ({ choices }) => choices.eval, 0),
  evaluationKept: {
    words: () => "what an evaluation keeps of its batches",
    chosen: ({ choices: { eval: rows, evalkeep, evalgen, evalmove, evallist } }) =>
      rows === 0 ? null : JSON.stringify([evalkeep, evalgen, evalmove, evallist]),
    nothing: null,
    own: () => JSON.stringify(["loss", 0, 0, false]),
  },
  evaluationLength: asked(
    "the length of an evaluation’s rows",
    ({ choices }) => (choices.eval === 0 ? null : choices.evalseq),
    null,
  ),
  saving: {
    words: ({ choices: { saving } }) => SAVED[saving],
    chosen: ({ choices }) => choices.saving,
    nothing: "none",
    own: ({ choices }) => (choices.method === "full" ? "full" : "adapter"),
  },
  merging: asked("merging adapters", ({ choices }) => choices.merge, "0"),
  prompt: asked("how long prompts are", ({ choices }) => choices.prompt, null),
  generatedPrompt: {
    words: ({ choices }) => `prompts of ${promptTokenCount(choices)} tokens`,
    chosen: ({ choices }) => promptTokenCount(choices),
  },
  fill: asked("how much of a completion is padding", ({ choices }) => choices.fill, 1),
  reference: {
    words: ({ choices }) =>
      heldReference(choices) === "copy-4bit" ? "a reference in 4 bits" : "a copy as the reference beside adapters",
    chosen: ({ choices }) => heldReference(choices),
    nothing: null,
  },
  expertParallel: asked("experts that GPUs share out", ({ choices }) => choices.ep, 1),
} as const satisfies Readonly<Record<string, Topic>>;

type TopicId = keyof typeof TOPICS;

/** All ways to divide one model over GPUs. */
export const DIVISIONS = [
  "tensorParallel",
  "sequenceParallel",
  "contextParallel",
  "pipeline",
  "ulysses",
] as const satisfies readonly TopicId[];

type Said = Readonly<{
  /** The setting that it stands in the place of, which has a line with other choices; absent: the topic. */
  name?: string;
  /** What can be done, as the end of the sentence. */
  instead?: string;
}>;

/** Of whom, and of what. */
type Lack = readonly [tool: string, topic: TopicId];

/** What a library does by itself, and has no field for. */
export const libraryDefault = (run: ChosenRun, [tool, id]: Lack, name: string = id): UnwrittenSetting => ({
  name,
  chosen: JSON.stringify(TOPICS[id].chosen(run)),
  sentence: `${capitalized(TOPICS[id].words(run))} is what ${tool} does by itself: no field says so.`,
  when: "taken-back",
});

/** A setting that a library has no field for, or does so by itself. */
export const missingField = (run: ChosenRun, lack: Lack, { name = lack[1], instead }: Said = {}): UnwrittenSetting => {
  const [tool, id] = lack;
  const { words, chosen, nothing, own }: Topic = TOPICS[id];
  const value = chosen(run);
  if (own !== undefined && value === own(run)) return libraryDefault(run, lack, name);
  return {
    name,
    chosen: JSON.stringify(value),
    sentence: `${tool} has no field for ${words(run)}${instead === undefined ? "" : `: ${instead}`}.`,
    when: value === nothing ? "taken-back" : "chosen",
  };
};

/** Topics that a library has no field for. */
export const missingTopics = (run: ChosenRun, tool: string, topics: readonly TopicId[]): readonly UnwrittenSetting[] =>
  topics.map((topic) => missingField(run, [tool, topic]));

/** The optimizer alone in host memory: DeepSpeed can, nothing else. */
export const optimizerOnHost = (run: ChosenRun, tool: string): readonly Setting[] => {
  if (chosenSharding(run).kind === "zero" || run.choices.offload === "all") return [];
  return [missingField(run, [tool, "offload"], { instead: "that takes ZeRO" })];
};

/** What says whether layers are checkpointed, of a library that checkpoints them whole. */
export const wholeLayers = (run: ChosenRun, tool: string, setting: Setting): Setting =>
  run.choices.ckpt && run.resolved.selective !== "none"
    ? missingField(run, [tool, "selective"], { name: settingName(setting) })
    : setting;

/** What quantised bases and optimizers of 8 bits, or in pages, ask for. */
export const WITH_BITSANDBYTES = "With bitsandbytes installed.";
