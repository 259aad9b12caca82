import { expect, test } from "vitest";
import { type Case, changed } from "./changed.ts";

const VERSIONS = "* In torchtitan 0.1 and 0.2.";
const FULL = { method: "full" } as const;

test.each<Case>([
  [
    "an update in two passes of shorter rows, over all GPUs",
    { batch: 4, gpus: 4, tp: 2 },
    { batch: 2, accum: 2, seq: 1024 },
    [
      "- training.local_batch_size = 4",
      "- training.seq_len = 2048",
      "+ training.local_batch_size = 2",
      "+ training.global_batch_size = 8",
      "+ training.seq_len = 1024",
      VERSIONS,
    ],
  ],
  [
    "one pass after two",
    { batch: 2, accum: 2 },
    { batch: 4, accum: 1 },
    [
      "- training.local_batch_size = 2",
      "- training.global_batch_size = 4",
      "+ training.local_batch_size = 4",
      "+ training.global_batch_size = -1",
      VERSIONS,
    ],
  ],
  ["AdamW for each tensor", {}, { optim: "adamw_torch" }, ['+ optimizer.implementation = "foreach"', VERSIONS]],
  ["AdamW in backward", {}, { optim: "adamw_in_backward" }, ["+ optimizer.early_step_in_backward = true", VERSIONS]],
  ["8-bit AdamW", {}, { optim: "adamw_bnb_8bit" }, ["? torchtitan has no field for the optimizer adamw_bnb_8bit."]],
  [
    "layers checkpointed whole",
    {},
    { selective: "none" },
    ['- activation_checkpoint.selective_ac_option = "op"', '+ activation_checkpoint.mode = "full"', VERSIONS],
  ],
  [
    "every second layer, which it does without a word",
    { selective: "none" },
    { selective: 2 },
    ['- activation_checkpoint.mode = "full"', '+ activation_checkpoint.mode = "selective"', VERSIONS],
  ],
  [
    "every third layer",
    {},
    { selective: 3 },
    [
      '- activation_checkpoint.selective_ac_option = "op"',
      '+ activation_checkpoint.selective_ac_option = "3"',
      VERSIONS,
    ],
  ],
  [
    "checkpointing",
    { ckpt: false },
    { ckpt: true },
    [
      '- activation_checkpoint.mode = "none"',
      '+ activation_checkpoint.mode = "selective"',
      '+ activation_checkpoint.selective_ac_option = "op"',
      VERSIONS,
    ],
  ],
  [
    "a loss over full logits",
    { gpus: 2, tp: 2 },
    { loss: "full" },
    ["+ parallelism.disable_loss_parallel = true", VERSIONS],
  ],
  ["a fused loss", {}, { loss: "fused" }, ["? torchtitan has no field for a fused loss."]],
  ["two GPUs with FSDP 2", {}, { gpus: 2 }, ["+ NGPU=2 ./run_train.sh"]],
  ["DDP of four GPUs", { gpus: 4 }, { shard: "ddp" }, ["+ parallelism.data_parallel_replicate_degree = 4", VERSIONS]],
  ["ZeRO 3", { gpus: 4 }, { shard: "zero3" }, ["? torchtitan has no field for ZeRO 3."]],
  ["everything in host memory", { gpus: 4 }, { offload: "all" }, ["+ training.enable_cpu_offload = true", VERSIONS]],
  [
    "the optimizer alone in host memory",
    { gpus: 4 },
    { offload: "optimizer" },
    ["? torchtitan has no field for keeping the optimizer in host memory."],
  ],
  [
    "everything of one GPU in host memory",
    {},
    { offload: "all" },
    ["? torchtitan has no field for keeping everything in host memory."],
  ],
  [
    "two ways to divide one model",
    { gpus: 8 },
    { tp: 2, cp: 2 },
    ["+ parallelism.tensor_parallel_degree = 2", "+ parallelism.context_parallel_degree = 2", VERSIONS],
  ],
  [
    "a pipeline, which has the micro steps of a batch",
    { gpus: 8, batch: 3, accum: 2 },
    { pp: 2 },
    [
      "- training.local_batch_size = 3",
      "- training.global_batch_size = 48",
      "+ training.local_batch_size = 6",
      "+ training.global_batch_size = -1",
      "+ parallelism.pipeline_parallel_microbatch_size = 3",
      "+ parallelism.pipeline_parallel_degree = 2",
      VERSIONS,
    ],
  ],
])("of whole models: %s", (...[, before, patch, lines]) => {
  expect(changed({ stack: "torchtitan", ...FULL, ...before }, patch)).toEqual(lines);
});

test.each<Case>([
  ["at all", FULL, { method: "lora" }, ["? torchtitan has no field for adapters or a quantised base."]],
  ["of another rank", {}, { r: 8 }, ["? torchtitan has no field for the rank of adapters."]],
  ["without DoRA", { dora: true }, { dora: false }, ["? torchtitan has no field for DoRA."]],
])("it has no adapters %s", (...[, before, patch, lines]) => {
  expect(changed({ stack: "torchtitan", ...before }, patch)).toEqual(lines);
});
