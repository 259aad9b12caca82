// Notes on an answer: GPU, published runs near the limit, unquantized experts, host memory, library versions.

import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { formatPercent, formatCount } from "#format/numbers.ts";
import { needsNoStrategy } from "#calc/model/division.ts";
import { bytesPerParameter } from "#calc/base/dtypes.ts";
import { type Answer, fitOf, type MethodAnswer } from "#scenario/choices/answer.ts";
import { resolveByModel } from "#scenario/choices/effective-choices.ts";
import { gibWords } from "./gpu-words.ts";
import { formatGib } from "#format/bytes.ts";
import { hostMachine } from "./host-machine.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { type EdgeClass, edgeClass, termBytes } from "#calc/model/memory-estimate.ts";
import { NEAR_EDGE } from "#catalog/near-edge.ts";
import { STACK_RELEASES, stackLibrary } from "#catalog/stack-library.ts";
import { isStackId } from "#catalog/stacks.ts";
import { fitOnCard } from "#calc/card/fit.ts";
import { estimateOn } from "#scenario/choices/to-answer.ts";
import { availableCardBytes } from "#scenario/choices/gpu-memory.ts";
import type { GpuFacts } from "#catalog/rows.ts";
import { capitalized } from "#format/phrases.ts";
import { UNIFIED_MEMORY } from "#catalog/gpu-support.ts";
import { cannotRunWords, missingFeatures } from "#scenario/choices/cannot-run.ts";

/**
 * Weights of fused experts that QLoRA leaves as they are loaded; 0 where there are none, where they are packed, and for other methods.
 *
 * @see https://github.com/bitsandbytes-foundation/bitsandbytes/issues/1849 (bitsandbytes replaces `nn.Linear` alone; transformers 5 fuses experts)
 */
export const unquantizedExperts = ({ method, architecture }: Scenario): number =>
  method.kind !== "qlora" || method.quantization.kind === "flat" || method.experts !== undefined
    ? 0
    : ENGINE.fusedExperts(architecture).weights;

/** The same in words. */
export const EXPERTS_LEFT = "the experts are not quantised";

/** Whether k-bit preparation casts them: it does not where ranks share parameters out. */
const isUpcast = ({ method, sharding }: Scenario): boolean =>
  (sharding === "none" || sharding === "ddp") &&
  method.kind === "qlora" &&
  method.quantization.kind.startsWith("bnb") &&
  method.kbitPreparation !== "none";

/** Bytes of each weight of experts that stay as they are loaded: k-bit preparation of everything turns them into fp32. */
const bytesOfExperts = (scenario: Scenario): number =>
  bytesPerParameter(isUpcast(scenario) ? "fp32" : scenario.weights);

/** "54.0 GiB of the 55.6 GiB of base weights"; a share where parameters are shared out. */
const partWords = (weights: number, { scenario, estimate }: Answer["methods"][number]): string => {
  const total = termBytes(estimate, "weights");
  return needsNoStrategy(scenario)
    ? `${gibWords(weights * bytesOfExperts(scenario))} of the ${gibWords(total)} of base weights`
    : `${formatPercent(weights / estimate.params)} of the parameters`;
};

/**
 * Who packs such experts: Axolotl in the bits of the rest of a base that is quantised while it is loaded; Unsloth in 4 bits, where it has a way with this model.
 *
 * @see axolotl 0.15 and later: monkeypatch/moe_quant.py, `patch_moe_quantization_on_load`
 */
const packedBy = ({ choices, model: { architecture } }: Answer): string => {
  if (choices.quant === "gptq" || choices.quant === "unsloth-dynamic") return "";
  if (choices.quant === "int8")
    return " Axolotl with quantize_moe_experts (experts=8bit) stores them in half of 16 bits.";
  const ofUnsloth = resolveByModel({ ...choices, stack: "unsloth", experts: null }, "qlora", architecture);
  return ofUnsloth.experts === "4bit"
    ? " Axolotl with quantize_moe_experts (experts=4bit) and Unsloth store them in a quarter of 16 bits."
    : " Axolotl with quantize_moe_experts (experts=4bit) stores them in a quarter of 16 bits.";
};

/** That LoRA can train on experts as they are published. */
const asPublished = ({ choices, model: { architecture } }: Answer): string =>
  resolveByModel({ ...choices, stack: "unsloth", experts: null }, "lora", architecture).experts === "mxfp4"
    ? " LoRA in Unsloth keeps them in MXFP4."
    : "";

/** That QLoRA leaves the experts as they are loaded, with how much of the base that is, and who quantises them. null where there are none, or they are packed. @internal */
export const expertsNote = (answer: Answer): CardNote | null => {
  const qlora = answer.methods.find(({ method }) => method === "qlora");
  const weights = qlora === undefined ? 0 : unquantizedExperts(qlora.scenario);
  if (qlora === undefined || weights === 0) return null;
  const left = isUpcast(qlora.scenario) ? ", and k-bit preparation turns them into fp32" : "";
  return {
    id: "experts",
    says: `QLoRA: ${EXPERTS_LEFT} (${partWords(weights, qlora)})${left}.` + packedBy(answer) + asPublished(answer),
  };
};

/** What a fit on the card leaves to the host: how much of its memory each method takes. null where nothing is moved there. @internal */
export const hostNote = ({ choices, methods }: Answer): CardNote | null => {
  const offloaded = methods
    .filter(({ estimate }) => estimate.hostBytes > 0)
    .map(({ method, estimate }) => ({ method, host: hostMachine(estimate.hostBytes, choices.gpus) }));
  const [first] = offloaded;
  if (choices.offload === "none" || first === undefined) return null;
  const parts = offloaded.map(
    ({ method, host }) => `${formatGib(host.bytes)} GiB for ${METHOD_NAMES[method].inSentence}`,
  );
  const { gpus } = first.host;
  const where = gpus < choices.gpus ? `in the memory of each host of ${gpus} GPUs` : "in host memory";
  return {
    id: "host",
    says: `What is offloaded is held ${where}: ${parts.join(", ")}. The verdict is about the card alone.`,
  };
};

/** With fewer runs a share says little. */
const ENOUGH_RUNS = 5;

/** The way in which the deciding figure was found: moments outside the step are never replayed. */
const edgeOf = ({ run, estimate, scenario }: MethodAnswer): EdgeClass =>
  run === undefined || run.worst.id === "step" ? edgeClass(estimate.basis, scenario.gpus) : "rule";

/** "Of 11 published runs this close, 9 ran." */
const evidenceWords = (edge: EdgeClass): string => {
  const { runs, ran } = NEAR_EDGE[edge];
  return runs < ENOUGH_RUNS
    ? "Few published runs are this close."
    : `Of ${formatCount(runs)} published runs this close, ${formatCount(ran)} ran.`;
};

/** The outcome of published runs that came as close to their card as the method in focus; null where that does not end in "may not fit". @internal */
export const nearEdgeNote = ({ choices, methods }: Answer): CardNote | null => {
  const focus = methods.find(({ method }) => method === choices.method) ?? methods[0];
  if (focus === undefined || fitOf(focus) !== "tight") return null;
  return { id: "near-edge", says: evidenceWords(edgeOf(focus)) };
};

const BEFORE_2_8 = "adamw_torch";
const FROM_2_8 = "adamw_torch_fused";

/** `adamw_torch` takes no more than this over the fused one: temporaries of `foreach` in fp32, two at a time. */
const MOST_BYTES_A_PARAMETER = 8;

/** A smaller difference is shown nowhere. */
const LEAST_SHOWN = 0.05 * 2 ** 30;

/** True if the optimizer of an older torch could change anything of the verdict: on a card that is not close it cannot. */
const isClose = ({ card, estimate, scenario }: MethodAnswer): boolean =>
  (card.fit === "fits" || card.fit === "tight") &&
  scenario.optim === FROM_2_8 &&
  (card.fit === "tight" || card.headroomBytes < 2 * MOST_BYTES_A_PARAMETER * estimate.trainableParams);

/** "TRL 1.16": without its month, where a sentence goes on. */
const shortName = ({ name, version }: ReturnType<typeof stackLibrary>): string =>
  version === null ? name : `${name} ${version}`;

const OUTCOMES = {
  fits: "which fits",
  tight: "which may not fit",
  over: "which does not fit",
  "cannot-run": "which cannot run",
} as const;

/**
 * Which optimizer is assumed where none is named and the library takes one by the version of torch: only where the method in focus is tight, or where the
 * other one would decide. null: no other version would say anything else.
 */
const optimizerNote = ({ choices, gpu, methods }: Answer): CardNote | null => {
  const { stack } = choices;
  const focus = methods.find(({ method }) => method === choices.method);
  if (focus === undefined || choices.optim !== null || !isStackId(stack)) return null;
  if (STACK_RELEASES[stack]?.optimByTorch !== true || !isClose(focus)) return null;
  const available = availableCardBytes(choices, gpu.usableBytes);
  const older = estimateOn({ ...focus.scenario, optim: BEFORE_2_8 }, gpu.traits, available);
  const more = older.onCardBytes - focus.estimate.onCardBytes;
  const { fit } = fitOnCard(older, available);
  if (more < LEAST_SHOWN || (fit === focus.card.fit && fit !== "tight")) return null;
  const assumed = `${shortName(stackLibrary(stack))} is assumed with torch 2.8 or later: ${FROM_2_8}.`;
  const other = `Older torch takes ${BEFORE_2_8}: ${formatGib(more)} GiB more, ${OUTCOMES[fit]}.`;
  return { id: "optimizer-of-torch", says: `${assumed} ${other}` };
};

/** A library that does not checkpoint by itself, and a scenario that does. */
const checkpointsNote = ({ choices }: Answer): CardNote | null => {
  const { stack, ckpt } = choices;
  if (!ckpt || !isStackId(stack) || STACK_RELEASES[stack]?.checkpoints !== false) return null;
  const name = shortName(stackLibrary(stack));
  return {
    id: "checkpoints-of-version",
    says: `${name} does not checkpoint by default; this scenario has gradient checkpointing on.`,
  };
};

/** The result with another version of the library, where the answer could be read as that one's. @internal */
export const versionNotes = (answer: Answer): readonly CardNote[] =>
  [checkpointsNote(answer), optimizerNote(answer)].filter((note) => note !== null);

/**
 * What no figure says by itself, a sentence each: what the GPU asks for, what published runs did that came as close to their GPU, whether experts are
 * quantized, what the host has to hold, what another version of the library does. Page and terminal say the same.
 *
 * @param row the chosen card; undefined for one that is in no catalog
 */
export const answerNotes = (row: GpuFacts | undefined, answer: Answer): readonly CardNote[] => [
  ...(row === undefined ? [] : gpuNotes(row, answer)),
  ...[nearEdgeNote(answer), expertsNote(answer), hostNote(answer)].filter((note) => note !== null),
  ...versionNotes(answer),
];

/** What a card asks for that no estimate says by itself. */
export type CardNote = Readonly<{ id: string; says: string }>;

type Subject = Readonly<{ row: GpuFacts; answer: Answer }>;

/** The method in focus asks for something that the card lacks. */
const lacking = ({ answer: { choices, gpu, model } }: Subject): CardNote | null => {
  const { method } = choices;
  const [first] = missingFeatures(choices, method, { card: gpu.traits, architecture: model.architecture });
  if (first === undefined) return null;
  const says = `${capitalized(METHOD_NAMES[method].inSentence)} ${cannotRunWords(first.lacks, gpu, choices.gpus)}.`;
  return { id: "cannot-run", says };
};

const onePool = ({ row, answer: { gpu } }: Subject): CardNote | null => {
  const share = gpu.basis.of === "unified" ? UNIFIED_MEMORY[row.vendor] : undefined;
  if (share === undefined) return null;
  const taken = `${formatGib(gpu.usableBytes)} of ${gpu.memoryGb} GiB, one memory for CPU and GPU.`;
  return { id: "one-pool", says: `${taken} ${share.says} Offloading gains nothing.` };
};

/** What the chosen card asks for: other choices, what lets it have more memory. @internal */
export const gpuNotes = (row: GpuFacts, answer: Answer): readonly CardNote[] =>
  [lacking, onePool].map((note) => note({ row, answer })).filter((note) => note !== null);
