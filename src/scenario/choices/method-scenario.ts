// The engine's scenario for each method of the choices.

import {
  type AllocatorChoice,
  DEFAULT_ALLOCATOR,
  type RowLengths,
  type Lora,
  type LossPath,
  type Method,
  type MethodId,
  type Scenario,
} from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Bytes } from "#calc/base/bytes.ts";
import { asksFreeMemory } from "#calc/model/scenario-traits.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { targetModulesOnly, checkpointReentrance } from "./adapters-and-kernels.ts";
import { answerGpu } from "./chosen-gpu.ts";
import { answerTargets, chosenArchitecture } from "./chosen-model.ts";
import { chosenDivision } from "./chosen-division.ts";
import { chosenExperts, chosenQuantization } from "./base-storage.ts";
import { referenceInEffect, batchForObjective } from "./objective-settings.ts";
import { loadedArchitecture } from "./dynamic-quantization.ts";
import { teacherInEffect, type NamedTeacher, namedTeacher } from "./teacher-model.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import { type StackRow, LOSS_PATHS } from "#catalog/stack-row.ts";
import { resolveInEffect, effectiveChoices } from "./effective-choices.ts";
import { lossPathOf, type Resolved, stackOf } from "./resolve-stack.ts";
import { forUnifiedMemory } from "#calc/card/usable-memory.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { availableCardBytes } from "./gpu-memory.ts";

/** What the choices set of PyTorch's allocator. */
const chosenAllocator = ({ alloc }: Pick<Choices, "alloc">): AllocatorChoice => {
  if (typeof alloc === "number") return { ...DEFAULT_ALLOCATOR, max_split_size_mb: alloc };
  return { ...DEFAULT_ALLOCATOR, expandable_segments: alloc === "expandable" };
};

/** How long rows are; on average no longer than the longest may be. */
const chosenLengths = ({ lengths, seq }: Pick<Choices, "lengths" | "seq">): RowLengths =>
  typeof lengths === "number" ? { kind: "lognormal", mean: Math.min(lengths, seq) } : { kind: lengths };

/** Model and card as a scenario needs them: the model's shape, and the size the user stated where that is all that is known. */
type ScenarioSubject = Readonly<{
  /** What the chosen card decides. */
  card: CardTraits;
  /** What programs can have of it, less what is in use; absent: as much as they like. */
  usableBytes?: Bytes;
  architecture: Architecture;
  statedParameters: number | null;
  /** The model that is named as a teacher. */
  teacher?: NamedTeacher;
}>;

type Targets = Pick<Lora, "target_modules" | "target_parameters">;

const loraConfig = (choices: Choices, resolved: Resolved, targets: Targets): Lora => {
  const { tuner, dora } = resolved;
  return {
    ...(tuner !== "lora" && { tuner }),
    r: choices.r,
    lora_alpha: resolved.alpha,
    lora_dropout: resolved.dropout,
    ...targets,
    use_dora: dora,
    modules_to_save: choices.save,
    adapters: resolved.adapters,
  };
};

type OfBase = Omit<Method & { kind: "qlora" }, "kind" | "lora">;

const methodOf = (method: MethodId, lora: Lora, { experts, ...rest }: OfBase): Method => {
  const packed = experts === undefined ? {} : { experts };
  switch (method) {
    case "full":
      return { kind: "full" };
    case "lora":
      return { kind: "lora", lora, ...packed };
    case "qlora":
      return { kind: "qlora", lora, ...rest, ...packed };
    default:
      return method satisfies never;
  }
};

/** A library that has a way of its own to offload activations, offloads checkpoints, unless its first step keeps them: that one is estimated. Layers that were made reentrant are checkpointed by no operation. */
const activationsOf = (
  { checkpointsOffloaded: isOwn, firstStepOnGpu }: StackRow,
  { selective, actoffload }: Resolved,
  { reentrant }: Pick<Scenario, "reentrant">,
): Pick<Scenario, "selective" | "checkpointsOffloaded" | "savedTensorsOffloaded"> => ({
  ...(selective !== "none" && !(selective === "op" && reentrant) && { selective }),
  checkpointsOffloaded: isOwn && actoffload && firstStepOnGpu !== true,
  ...(!isOwn && actoffload && { savedTensorsOffloaded: true }),
});

/** Said where the modelling code does not have checkpoints so by itself. */
const reentranceOf = (choices: Choices, architecture: Architecture, method: MethodId): Pick<Scenario, "reentrant"> => {
  const { isReentrant, isOfCode } = checkpointReentrance(choices, architecture, method);
  return choices.ckpt && !isOfCode ? { reentrant: isReentrant } : {};
};

/** Fused kernels for adapters are LoRA's. */
const kernelsOf = ({ liger, lorakernels }: Resolved, { tuner = "lora", use_dora }: Lora): Pick<Scenario, "kernels"> => {
  const isFused = lorakernels === true && tuner === "lora" && !use_dora;
  return liger === true || isFused
    ? { kernels: { ...(liger === true && { liger }), ...(isFused && { lora: true }) } }
    : {};
};

/** Attention that was asked for by name is the kernel that it names; where the stack asks SDPA, the card's. A divided sequence goes with the flash kernel alone. */
const attentionOf = (
  { attn, cp }: Choices,
  resolved: Resolved,
  { sdpa }: CardTraits,
): Scenario["attn_implementation"] =>
  attn === null && resolved.attn === "sdpa" && sdpa !== "flash" && cp === 1 ? sdpa : resolved.attn;

/** Liger's loss of SFT comes with Liger's kernels, whatever a library calls a fused one. A loss that goes by free memory asks how much there is; for all others the card's size is no part of the scenario. */
const lossOf = (
  { objective, ...choices }: Choices,
  resolved: Resolved,
  { usableBytes, card }: ScenarioSubject,
): Pick<Scenario, "loss" | "usableBytes"> => {
  const loss: LossPath =
    objective === "sft" && resolved.liger && resolved.loss === "fused"
      ? LOSS_PATHS.fused
      : lossPathOf(stackOf(choices), resolved.loss, card);
  return asksFreeMemory(loss) && usableBytes !== undefined ? { loss, usableBytes } : { loss };
};

/** Whether embeddings, norm and head have the names by which transformers' plan of FSDP knows them. @see transformers 5.24, configuration_utils.py, `base_model_fsdp_plan` */
const hasPlannedEnds = (architecture: Architecture): boolean =>
  ENGINE.layoutOf(architecture).embeddings.some(({ name }) => name === "embed_tokens");

/**
 * Where ranks share out experts, transformers shards the model itself, in the types that it loaded: mixed precision is asked for where those are fp32.
 *
 * @see transformers 5.24, distributed/fsdp.py, `_get_fsdp_policy_kwargs`; trainer.py, `_defer_fsdp_gradient_reduction`
 */
const fsdpOf = (
  { fsdp }: StackRow,
  { weights }: Resolved,
  { division, architecture }: Pick<Scenario, "division" | "architecture">,
): Pick<Scenario, "fsdp"> => {
  if (division?.ep_size === undefined) return fsdp === undefined ? {} : { fsdp };
  const isMixed = weights === "fp32";
  return {
    fsdp: {
      reshardsAfterForward: true,
      reduce: isMixed ? "fp32" : "bf16",
      reducesEachMicroStep: false,
      endsApart: hasPlannedEnds(architecture),
      keepsTypes: true,
      castsInputs: isMixed,
    },
  };
};

/** What is trained for, what the policy is held against, and whose trainer does it with which loss. */
const objectiveOf = (
  choices: Choices,
  method: MethodId,
): Pick<Scenario, "objective" | "reference" | "wholeStatistics" | "trainer" | "loss_type"> => {
  const { objective, kl, dq } = choices;
  const { trainer } = stackOf(choices);
  const reference = referenceInEffect(choices, method);
  return {
    objective,
    ...(reference !== null && { reference }),
    ...(reference === "copy-4bit" && !dq && { wholeStatistics: true }),
    ...(objective !== "sft" && trainer && { trainer }),
    ...(!kl && { loss_type: "apo_zero_unpaired" }),
  };
};

/** The scenario of one method: the choices, with everything that they leave open decided by stack and card. */
export const toScenario = (asked: Choices, subject: ScenarioSubject, method: MethodId): Scenario => {
  const { architecture, statedParameters, card, teacher } = subject;
  const choices = effectiveChoices(asked, { architecture, method });
  const stack = stackOf(choices);
  const resolved = resolveInEffect(choices, method, subject);
  const division = chosenDivision(asked, architecture, method);
  const target_modules = answerTargets(choices.targets, architecture);
  const lora = loraConfig(choices, resolved, { target_modules, ...targetModulesOnly(choices, architecture) });
  const experts = chosenExperts(choices, architecture, method);
  const reentrance = reentranceOf(choices, architecture, method);
  return {
    architecture: loadedArchitecture(choices, architecture, method),
    statedParameters,
    accounting: stack.accounting,
    modelling: stack.modelling ?? "transformers",
    ...objectiveOf(choices, method),
    ...teacherInEffect(choices, architecture, teacher),
    method: methodOf(method, lora, {
      quantization: chosenQuantization(choices),
      kbitPreparation: resolved.kbit,
      ...(experts !== null && { experts }),
    }),
    weights: resolved.weights,
    gradients: resolved.grads,
    optimizerStates: resolved.states,
    masterWeightBytes: stack.masterWeightBytes,
    autocast: resolved.autocast,
    ...(resolved.compute === "fp16" && resolved.autocast && { scalesLoss: true }),
    ...batchForObjective(choices),
    gradient_accumulation_steps: choices.accum,
    gradient_checkpointing: choices.ckpt,
    ...activationsOf(stack, resolved, reentrance),
    ...reentrance,
    ...kernelsOf(resolved, lora),
    attn_implementation: attentionOf(choices, resolved, card),
    lengths: chosenLengths(choices),
    allocator: chosenAllocator(choices),
    ...lossOf(choices, resolved, subject),
    optim: resolved.optim,
    gpus: choices.gpus,
    sharding: resolved.shard,
    ...fsdpOf(stack, resolved, { architecture, ...(division && { division }) }),
    offload: choices.offload,
    ...(division && stack.accounting === "training-step" && { division }),
  };
};

/** The scenario of each method with these choices, as the engine runs it for the chosen card. */
export const methodScenario = (choices: Choices, catalog: Catalog): ((method: MethodId) => Scenario) => {
  const { model, gpu } = choices;
  const { basis, traits, usableBytes } = answerGpu(gpu, catalog);
  const subject = {
    architecture: chosenArchitecture(choices, catalog),
    statedParameters: model.kind === "size" ? model.params : null,
    card: traits,
    usableBytes: availableCardBytes(choices, usableBytes),
    ...namedTeacher(choices, catalog),
  };
  return (method) => {
    const scenario = toScenario(choices, subject, method);
    return basis.of === "unified" ? forUnifiedMemory(scenario) : scenario;
  };
};
