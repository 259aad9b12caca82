// Lines of a hand-written training loop: model, torchrun, FSDP wrapping, optimizer classes.

import { type ChosenRun, chosenSharding } from "./chosen-run.ts";
import { mergeCall } from "#interop/config-lines/hugging-face/trainer-arguments.ts";
import type { Setting } from "./setting.ts";
import {
  missingTopics,
  missingField,
  wholeLayers,
  optimizerOnHost,
  WITH_BITSANDBYTES,
  DIVISIONS,
} from "./unwritten-settings.ts";
import { fromPretrained, kbitCall } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import { peftConfig } from "#interop/config-lines/hugging-face/peft-config.ts";
import type { OptimizerId } from "#calc/model/scenario.ts";

/** Moments outside the training step of a loop by hand: its evaluation has a loader of its own, and its script merges. */
export const loopMoments = (run: ChosenRun, tool: string): readonly Setting[] => [
  ...(run.choices.eval === 0
    ? []
    : [{ within: "DataLoader of the evaluation", field: "batch_size", value: run.choices.eval }]),
  ...missingTopics(run, tool, ["evaluationKept", "evaluationLength", "saving"]),
  mergeCall(run),
];

const REENTRANT = 'gradient_checkpointing_kwargs={"use_reentrant": True}';

/** Layers checkpointed whole; reentrant by themselves are those of a model's own code. @see transformers@5.14.1:modeling_utils.py, gradient_checkpointing_enable */
const checkpointing = (run: ChosenRun, tool: string): Setting =>
  wholeLayers(run, tool, {
    name: "checkpointing",
    statement: run.choices.ckpt
      ? `model.gradient_checkpointing_enable(${run.resolved.reentrant && !run.usual.reentrant ? REENTRANT : ""})`
      : null,
  });

/** A model of transformers, with PEFT's adapters, in a loop that is written by hand. */
export const modelCode = (run: ChosenRun, tool: string): readonly Setting[] => [
  // Rows are cut where they become tokens.
  { within: "tokenizer", field: "max_length", value: run.choices.seq },
  ...fromPretrained(run, { tool, dtype: "dtype" }),
  ...peftConfig(run),
  ...kbitCall(run, tool),
  checkpointing(run, tool),
  ...(run.resolved.selective === "none" ? [] : [missingField(run, [tool, "reentrance"])]),
  // Liger-Kernel@ead96b61: transformers/monkey_patch.py
  missingField(run, [tool, "liger"], {
    instead: "apply_liger_kernel_to_... of liger_kernel.transformers puts them in",
  }),
  ...missingTopics(run, tool, ["loss", "activations", "packing", "experts", "gradients", "states"]),
];

/** @see pytorch.org/docs/stable/distributed.fsdp.fully_shard.html; fsdp.html */
const fsdpCall = (version: 1 | 2, isOnHost: boolean): string =>
  version === 1
    ? `model = FullyShardedDataParallel(model${isOnHost ? ", cpu_offload=CPUOffload(offload_params=True)" : ""})`
    : `fully_shard(model${isOnHost ? ", offload_policy=CPUOffloadPolicy()" : ""})`;

const wrapping = (run: ChosenRun, tool: string): Setting => {
  const sharding = chosenSharding(run);
  switch (sharding.kind) {
    case "whole":
      return { name: "wrapping", statement: run.choices.gpus === 1 ? null : "model = DistributedDataParallel(model)" };
    case "fsdp":
      return { name: "wrapping", statement: fsdpCall(sharding.version, sharding.isOnHost) };
    case "zero":
      return missingField(run, [tool, "placement"], { name: "wrapping", instead: "ZeRO is DeepSpeed’s" });
    default:
      return sharding satisfies never;
  }
};

/** Several processes of a script, and the call that divides the model over them. */
export const torchrun = (run: ChosenRun, tool: string): readonly Setting[] => {
  const { gpus } = run.choices;
  return [
    { name: "launch", statement: gpus === 1 ? null : `torchrun --nproc_per_node ${gpus} train.py` },
    wrapping(run, tool),
    ...optimizerOnHost(run, tool),
    ...missingTopics(run, tool, DIVISIONS),
  ];
};

/** A class, and what it is told beside the learning rate. */
export type TorchOptimizer = Readonly<{
  component: string;
  fused?: boolean;
  momentum?: number;
  versions?: string;
  /** Stepped while gradients are made, a parameter at a time. */
  isInBackward: boolean;
}>;

/** @see torchtune@bd2a0fc7:recipes/configs/, optimizer._component_; pytorch.org/docs/stable/optim.html */
const CLASSES: Readonly<Partial<Record<OptimizerId, Omit<TorchOptimizer, "isInBackward">>>> = {
  adamw_torch: { component: "torch.optim.AdamW", fused: false },
  adamw_torch_fused: { component: "torch.optim.AdamW", fused: true },
  adamw_bnb_8bit: { component: "bitsandbytes.optim.AdamW8bit", versions: WITH_BITSANDBYTES },
  paged_adamw_8bit: { component: "bitsandbytes.optim.PagedAdamW8bit", versions: WITH_BITSANDBYTES },
  paged_adamw_32bit: { component: "bitsandbytes.optim.PagedAdamW", versions: WITH_BITSANDBYTES },
  adafactor: { component: "torch.optim.Adafactor" },
  sgd: { component: "torch.optim.SGD" },
  sgd_momentum: { component: "torch.optim.SGD", momentum: 0.9 },
};

/** What is stepped in backward, and as what. */
const IN_BACKWARD: Readonly<Partial<Record<OptimizerId, OptimizerId>>> = {
  adamw_in_backward: "adamw_torch_fused",
  adamw_bnb_8bit_in_backward: "adamw_bnb_8bit",
  paged_adamw_8bit_in_backward: "paged_adamw_8bit",
  paged_adamw_32bit_in_backward: "paged_adamw_32bit",
};

/** The class of an optimizer, for libraries that take any; undefined where none is known. */
export const torchOptimizer = (optim: OptimizerId): TorchOptimizer | undefined => {
  const stepped = IN_BACKWARD[optim];
  const found = CLASSES[stepped ?? optim];
  return found && { ...found, isInBackward: stepped !== undefined };
};
