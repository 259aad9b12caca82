import { expect, test } from "vitest";
import { type Case, changed } from "../changed.ts";

const WRAPPED = "--fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP";

test.each<Case>([
  [
    "two GPUs, which FSDP 2 shares a model over",
    {},
    { gpus: 2 },
    [`+ accelerate launch --num_processes 2 --use_fsdp --fsdp_version 2 ${WRAPPED} train.py`, "* From accelerate 1.6."],
  ],
  [
    "DDP in the place of FSDP 1",
    { gpus: 2, shard: "fsdp1" },
    { shard: "ddp" },
    [
      `- accelerate launch --num_processes 2 --use_fsdp ${WRAPPED} train.py`,
      "+ accelerate launch --num_processes 2 --multi_gpu train.py",
    ],
  ],
  [
    "ZeRO 2 with the optimizer in host memory",
    { gpus: 2, shard: "ddp" },
    { shard: "zero2", offload: "optimizer" },
    [
      "- accelerate launch --num_processes 2 --multi_gpu train.py",
      "+ accelerate launch --num_processes 2 --use_deepspeed --zero_stage 2 --offload_optimizer_device cpu train.py",
      "* With DeepSpeed installed.",
    ],
  ],
  [
    "everything in host memory, which is stage 3 of ZeRO",
    { gpus: 2, shard: "zero1" },
    { offload: "all" },
    [
      "- accelerate launch --num_processes 2 --use_deepspeed --zero_stage 1 train.py",
      "+ accelerate launch --num_processes 2 --use_deepspeed --zero_stage 3 --offload_optimizer_device cpu --offload_param_device cpu train.py",
      "* With DeepSpeed installed.",
    ],
  ],
  [
    "everything of one GPU in host memory",
    {},
    { offload: "all" },
    [
      `+ accelerate launch --num_processes 1 --use_fsdp --fsdp_version 2 ${WRAPPED} --fsdp_offload_params true train.py`,
      "* From accelerate 1.6.",
    ],
  ],
  [
    "the optimizer alone in host memory",
    {},
    { offload: "optimizer" },
    ["? Transformers has no field for keeping the optimizer in host memory: that takes ZeRO."],
  ],
  [
    "4-bit weights that FSDP can divide",
    { method: "qlora", kbit: "none" },
    { gpus: 2 },
    [
      "+ bnb_4bit_quant_storage=torch.bfloat16,  # BitsAndBytesConfig",
      `+ accelerate launch --num_processes 2 --use_fsdp --fsdp_version 2 ${WRAPPED} train.py`,
      "* From transformers 4.39, with bitsandbytes installed.",
      "* From accelerate 1.6.",
    ],
  ],
  [
    "tensor parallelism",
    { gpus: 2, shard: "fsdp1" },
    { tp: 2 },
    [
      `- accelerate launch --num_processes 2 --use_fsdp ${WRAPPED} train.py`,
      `+ accelerate launch --num_processes 2 --use_fsdp ${WRAPPED} --use_parallelism_config --parallelism_config_tp_size 2 train.py`,
      "* From accelerate 1.10.",
    ],
  ],
  [
    "Ulysses, and ranks that shard what is left",
    { gpus: 8 },
    { ulysses: 2 },
    [
      `- accelerate launch --num_processes 8 --use_fsdp --fsdp_version 2 ${WRAPPED} train.py`,
      `+ accelerate launch --num_processes 8 --use_fsdp --fsdp_version 2 ${WRAPPED} --use_parallelism_config --parallelism_config_dp_shard_size 4 --parallelism_config_sp_size 2 train.py`,
      "* From accelerate 1.12.",
    ],
  ],
  [
    "tensor parallelism of two copies",
    { gpus: 4, shard: "ddp" },
    { tp: 2 },
    [
      "- accelerate launch --num_processes 4 --multi_gpu train.py",
      "+ accelerate launch --num_processes 4 --multi_gpu --use_parallelism_config --parallelism_config_dp_replicate_size 2 --parallelism_config_tp_size 2 train.py",
      "* From accelerate 1.10.",
    ],
  ],
  [
    "experts that GPUs share out, as transformers divides a model that it loads",
    { model: { kind: "catalog", id: "qwen3-30b-a3b" }, method: "full", gpus: 8 },
    { ep: 4 },
    [
      `- accelerate launch --num_processes 8 --use_fsdp --fsdp_version 2 ${WRAPPED} train.py`,
      "+ fsdp_size=8,  # DistributedConfig",
      "+ ep_size=4,  # DistributedConfig",
      "+ torchrun --nproc_per_node 8 train.py",
      "* From transformers 5.24.",
    ],
  ],
])("%s", (...[, before, patch, lines]) => {
  expect(changed(before, patch)).toEqual(lines);
});
