import type { Families } from "#calc/families/families.ts";
import { dividingRanks } from "#calc/model/dividing-ranks.ts";
import type { Scenario } from "#calc/model/scenario.ts";

/** Whether parameters are sharded in a way whose checkpoints by operation are not checked against a run. */
const isShardedApart = ({ gpus, sharding, division }: Scenario): boolean =>
  gpus > dividingRanks(division) && /^(fsdp1|zero)/.test(sharding);

/** Whether checkpoints are reentrant, as the scenario or the modelling code has it. */
const isReentrantIn = ({ modellingOf }: Families, { architecture, modelling, reentrant }: Scenario): boolean =>
  reentrant ?? modellingOf(architecture.model_type, modelling).forward.checkpoint !== undefined;

const ofSelective = (families: Families, scenario: Scenario): readonly string[] => {
  const { modelling, division } = scenario;
  if (isReentrantIn(families, scenario))
    return ["Checkpoints of this library run again whole: torch has none by operation that are reentrant."];
  const isApart = isShardedApart(scenario) || (division !== undefined && division.cp_size > 1);
  return [
    ...(modelling.startsWith("litgpt")
      ? ["Checkpoints by operation: which of LitGPT’s products are kept is not checked against a run."]
      : []),
    ...(isApart ? ["Checkpoints by operation, under what these GPUs do: not checked against a run."] : []),
  ];
};

const ON_HOST =
  "Activations in host memory: as hooks on saved tensors move them, without streams of their own, which keep up to five tensors on the card for longer. Pinned memory, rounded up to a power of two, takes more of the host than is counted.";

const ofOffload = (families: Families, scenario: Scenario): readonly string[] => {
  const { gpus, sharding, division, loss, gradient_checkpointing } = scenario;
  const isWhole = gpus === 1 || ((sharding === "none" || sharding === "ddp") && division === undefined);
  const isHeld = isWhole && loss.kind === "full";
  return [
    ON_HOST,
    ...(isHeld && !(isReentrantIn(families, scenario) && gradient_checkpointing)
      ? []
      : ["Activations in host memory with this sharding, division, loss or library: not checked against a run."]),
  ];
};

const ofStages = ({ selective, division }: Scenario): readonly string[] =>
  selective === undefined || (division?.pp_size ?? 1) === 1
    ? []
    : ["Layers checkpointed in part, in the stages of a pipeline: not checked against a run."];

/** What is not exact about activations that are kept in part or in host memory, in words for the page. */
export const explainActivations = (families: Families, scenario: Scenario): readonly string[] => [
  ...(scenario.gradient_checkpointing ? ofStages(scenario) : []),
  ...(scenario.selective === "op" && scenario.gradient_checkpointing ? ofSelective(families, scenario) : []),
  ...(scenario.savedTensorsOffloaded && scenario.loss.kind !== "litgpt" ? ofOffload(families, scenario) : []),
];
