import type { Architecture } from "#calc/model/architecture.ts";
import type { Lora, Method, MethodId, Scenario } from "#calc/model/scenario.ts";
import { askedDivision } from "./asked-division.ts";
import { askedTuner } from "./asked-tuner.ts";
import { chosenQuantization } from "./chosen-quantization.ts";
import type { StackRow } from "#catalog/stack-row.ts";
import type { Choices } from "./choices.ts";
import { lossPathOf, type Resolved, resolve, stackOf } from "./resolve-stack.ts";

/** The model as a scenario needs it: its shape, and the size the user stated where that is all that is known. */
export type ScenarioModel = Readonly<{
  architecture: Architecture;
  statedParameters: number | null;
  /** What the chosen targets mean for this model. */
  target_modules: Lora["target_modules"];
}>;

const loraConfig = (choices: Choices, resolved: Resolved, { architecture, target_modules }: ScenarioModel): Lora => {
  const { tuner, dora } = askedTuner(choices, architecture);
  return {
    ...(tuner !== "lora" && { tuner }),
    r: choices.r,
    lora_alpha: resolved.alpha,
    lora_dropout: choices.dropout,
    target_modules,
    use_dora: dora,
    modules_to_save: choices.save,
    adapters: resolved.adapters,
  };
};

const methodOf = (method: MethodId, lora: Lora, rest: Omit<Method & { kind: "qlora" }, "kind" | "lora">): Method => {
  switch (method) {
    case "full":
      return { kind: "full" };
    case "lora":
      return { kind: "lora", lora };
    case "qlora":
      return { kind: "qlora", lora, ...rest };
    default:
      return method satisfies never;
  }
};

/** A library that has a way of its own to offload activations, offloads checkpoints. */
const activationsOf = (
  { checkpointsOffloaded: isOwn }: StackRow,
  { selective, actoffload }: Resolved,
): Pick<Scenario, "selective" | "checkpointsOffloaded" | "savedTensorsOffloaded"> => ({
  ...(selective !== "none" && { selective }),
  checkpointsOffloaded: isOwn && actoffload,
  ...(!isOwn && actoffload && { savedTensorsOffloaded: true }),
});

/** The scenario of one method: the choices, with everything that they leave open decided by the stack. */
export const toScenario = (choices: Choices, model: ScenarioModel, method: MethodId): Scenario => {
  const stack = stackOf(choices);
  const resolved = resolve(choices, method);
  const { division } = askedDivision(choices, model.architecture);
  const lora = loraConfig(choices, resolved, model);
  return {
    architecture: model.architecture,
    statedParameters: model.statedParameters,
    accounting: stack.accounting,
    modelling: stack.modelling ?? "transformers",
    objective: "sft",
    method: methodOf(method, lora, { quantization: chosenQuantization(choices), kbitPreparation: resolved.kbit }),
    weights: resolved.weights,
    gradients: resolved.grads,
    optimizerStates: resolved.states,
    masterWeightBytes: stack.masterWeightBytes,
    autocast: resolved.autocast,
    micro_batch_size: choices.batch,
    sequence_length: choices.seq,
    gradient_accumulation_steps: choices.accum,
    gradient_checkpointing: choices.ckpt,
    ...activationsOf(stack, resolved),
    attn_implementation: resolved.attn,
    packing: choices.packing,
    loss: lossPathOf(stack, resolved.loss),
    optim: resolved.optim,
    gpus: choices.gpus,
    sharding: resolved.shard,
    ...(stack.fsdp && { fsdp: stack.fsdp }),
    offload: choices.offload,
    ...(division && stack.accounting === "training-step" && { division }),
  };
};
