// The answer as data: model, GPU, methods, names that are not known; and its scenario in one line.

import type { CardFit, Fit, MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { UsableMemory } from "#calc/card/usable-memory.ts";
import type { Bytes } from "#calc/base/bytes.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import type { MethodId, Scenario } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { NamedTeacher } from "./teacher-model.ts";
import type { Resolved } from "./resolve-stack.ts";
import type { RunAnswer } from "./run-answer.ts";
import type { IdentityKey } from "#scenario/keys/issues.ts";
import { formatCount } from "#format/numbers.ts";
import { OBJECTIVE_NAMES } from "#scenario/words/names.ts";

/** The model as the page names it. */
export type AnswerModel = Readonly<{ id: string; name: string; architecture: Architecture; params: number }>;

/** The card as the page names it, with what it offers. */
export type AnswerGpu = Readonly<{
  id: string;
  name: string;
  shortName: string;
  memoryGb: number;
  /** What it decides beside its memory. */
  traits: CardTraits;
}> &
  UsableMemory;

/** One method's answer. `run`: the whole run; absent where no moment outside the training step is asked for. */
export type MethodAnswer = Readonly<{
  method: MethodId;
  scenario: Scenario;
  estimate: MemoryEstimate;
  card: CardFit;
  run?: RunAnswer;
}>;

/** How the run of a method goes on the card: all of it where more than the training step is asked for. */
export const fitOf = ({ card, run }: Pick<MethodAnswer, "card" | "run">): Fit => (run ?? card).fit;

/** The method on the card as its worst moment is: that of a run where that is outside the step, else the step. */
export const wholeCard = ({ card, run }: Pick<MethodAnswer, "card" | "run">): CardFit =>
  run?.worstOutside ? { ...run.worst, cannotRun: null } : card;

/** Everything that the page and the terminal show, derived from the choices; never stored. */
export type Answer = Readonly<{
  choices: Choices;
  /** The choices of the method in focus with nothing left open: what is counted, shown, printed and exported. */
  resolved: Resolved;
  model: AnswerModel;
  /** Absent: none is named. */
  teacher?: NamedTeacher;
  gpu: AnswerGpu;
  usedBytes: Bytes;
  /** What vLLM has declared of the card beside the step; 0: nothing. */
  reservedBytes: Bytes;
  /** Names that are asked about and not known; empty where all are known. */
  notKnown: readonly NotKnown[];
  /** The parts that the figures do not include, a sentence each. */
  notCounted: readonly string[];
  /** One for each method of `show`, in the order full, lora, qlora; none where something asked about is not known. */
  methods: readonly MethodAnswer[];
}>;

/** A name that is near to the one that was asked for, and the choices that it makes. */
export type NearestWay = Readonly<{ name: string; label: string; patch: Partial<Choices> }>;

/** One thing that was asked for and that Headroom does not know. */
export type NotKnown = Readonly<{
  key: IdentityKey;
  /** As it was asked for. */
  asked: string;
  /** A sentence: what is not known. */
  sentence: string;
  /** A sentence: what is known instead, or how to say it. */
  instead: string;
  /** The nearest known names, the nearest first; at most five. */
  nearest: readonly NearestWay[];
}>;

/** All of it as sentences. */
export const notKnownSentence = (notKnown: readonly NotKnown[]): string =>
  notKnown.map(({ sentence, instead }) => `${sentence} ${instead}`).join(" ");

/** Rows and tokens of a micro batch: "batch 2 × 4,096". */
export const batchLine = ({ batch, seq }: Pick<Choices, "batch" | "seq">): string =>
  `batch ${formatCount(batch)}\u00a0×\u00a0${formatCount(seq)}`;

const PRESETS: Readonly<Record<string, string>> = {
  "q-v": "q, v",
  attention: "attention",
  "attention-mlp": "attention + MLP",
  "all-linear": "all linear",
};

const targetsText = (targets: Answer["choices"]["targets"]): string =>
  typeof targets === "string" ? (PRESETS[targets] ?? targets) : targets.join(", ");

/** What is trained for where that is not plain fine-tuning: "DPO, ". */
const objectiveText = ({ objective }: Answer["choices"]): string =>
  objective === "sft" ? "" : `${OBJECTIVE_NAMES[objective]}, `;

/** The scenario as one line: "Llama 3.1 8B, DPO, all linear r = 16, batch 2 × 4,096". */
export const scenarioLine = ({ model, choices }: Pick<Answer, "model" | "choices">): string =>
  `${model.name}, ${objectiveText(choices)}${targetsText(choices.targets)} r\u00a0=\u00a0${choices.r}, ${batchLine(choices)}`;

/** What shows how much of a card is taken: only NVIDIA's were measured, and those with nvidia-smi. null for others. */
export const memoryMeterOf = ({ gpu }: Answer): string | null => (gpu.traits.isTried ? "nvidia-smi" : null);

/** The method in focus; the first one shown when the focused one is not. */
export const focusedMethod = (answer: Answer): MethodAnswer | null =>
  answer.methods.find(({ method }) => method === answer.choices.method) ?? answer.methods[0] ?? null;
