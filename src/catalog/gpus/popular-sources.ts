import type { GpuProvenance } from "#catalog/gpu-row.ts";
import type { POPULAR_GPUS } from "./popular.ts";

/** Where the rows of `popular.ts` were read: kept apart because the first screen does not need it. */
export const POPULAR_GPU_SOURCES = {
  "rtx-4060": {
    source: [
      "AlexsJones/llmfit@3f44fd3:llmfit-core/src/hardware.rs (bandwidth table)",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
    ],
    retrieved: "2026-08-19",
  },
  "rtx-3060-12gb": {
    source: [
      "AlexsJones/llmfit@3f44fd3:llmfit-core/src/hardware.rs (bandwidth table)",
      "changh95/vram-calculator@c51a9d5:src/lib/data/hardware.ts, notes/hardware-constraints.md (2026-06-12)",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
    ],
    retrieved: "2026-08-19",
  },
  "rtx-4080": {
    source: [
      "AlexsJones/llmfit@3f44fd3:llmfit-core/src/hardware.rs (bandwidth table)",
      "changh95/vram-calculator@c51a9d5:src/lib/data/hardware.ts, notes/hardware-constraints.md (2026-06-12)",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
    ],
    retrieved: "2026-08-19",
  },
  t4: {
    source: [
      "AlexsJones/llmfit@3f44fd3:llmfit-core/src/hardware.rs (bandwidth table)",
      "Lightning-AI/pytorch-lightning@7f0c3436:src/lightning/fabric/utilities/throughput.py",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
      "torch total: printed by torch in public logs; varies by driver by up to 0.2 GiB",
    ],
    retrieved: "2026-08-19",
  },
  "rtx-4090": {
    source: [
      "AlexsJones/llmfit@3f44fd3:llmfit-core/src/hardware.rs (bandwidth table)",
      "changh95/vram-calculator@c51a9d5:src/lib/data/hardware.ts, notes/hardware-constraints.md (2026-06-12)",
      "karpathy/nanochat@92d63d4:nanochat/common.py get_peak_flops",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
      "torch total: printed by torch in public logs; varies by driver by up to 0.2 GiB",
    ],
    retrieved: "2026-08-19",
  },
  l4: {
    source: [
      "ai-dynamo/aiconfigurator@095f58a5:aic-core/src/aiconfigurator_core/systems/*.yaml (NVIDIA; bandwidth, dense TFLOPS, nvidia-smi totals, sm_version)",
      "Lightning-AI/pytorch-lightning@7f0c3436:src/lightning/fabric/utilities/throughput.py",
      "changh95/vram-calculator@c51a9d5:src/lib/data/hardware.ts, notes/hardware-constraints.md (2026-06-12)",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
      "torch total: printed by torch in public logs; varies by driver by up to 0.2 GiB",
    ],
    retrieved: "2026-08-19",
  },
  "rtx-5090": {
    source: [
      "AlexsJones/llmfit@3f44fd3:llmfit-core/src/hardware.rs (bandwidth table)",
      "changh95/vram-calculator@c51a9d5:src/lib/data/hardware.ts, notes/hardware-constraints.md (2026-06-12)",
      "karpathy/nanochat@92d63d4:nanochat/common.py get_peak_flops",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
    ],
    retrieved: "2026-08-19",
  },
  "a100-40gb-sxm": {
    source: [
      "changh95/vram-calculator@c51a9d5:src/lib/data/hardware.ts, notes/hardware-constraints.md (2026-06-12)",
      "stas00/ml-engineering@744d01e:compute/accelerator/README.md and network/README.md (2026-08-22)",
      "Lightning-AI/pytorch-lightning@7f0c3436:src/lightning/fabric/utilities/throughput.py",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
      "torch total: printed by torch in public logs; varies by driver by up to 0.2 GiB",
    ],
    retrieved: "2026-08-22",
  },
  "rtx-a6000": {
    source: [
      "AlexsJones/llmfit@3f44fd3:llmfit-core/src/hardware.rs (bandwidth table)",
      "changh95/vram-calculator@c51a9d5:src/lib/data/hardware.ts, notes/hardware-constraints.md (2026-06-12)",
      "karpathy/nanochat@92d63d4:nanochat/common.py get_peak_flops",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
    ],
    retrieved: "2026-08-19",
  },
  "a100-80gb-sxm": {
    source: [
      "ai-dynamo/aiconfigurator@095f58a5:aic-core/src/aiconfigurator_core/systems/*.yaml (NVIDIA; bandwidth, dense TFLOPS, nvidia-smi totals, sm_version)",
      "stas00/ml-engineering@744d01e:compute/accelerator/README.md and network/README.md (2026-08-22)",
      "Lightning-AI/pytorch-lightning@7f0c3436:src/lightning/fabric/utilities/throughput.py",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
      "torch total: printed by torch in public logs; varies by driver by up to 0.2 GiB",
    ],
    retrieved: "2026-08-22",
  },
  "h100-sxm": {
    source: [
      "ai-dynamo/aiconfigurator@095f58a5:aic-core/src/aiconfigurator_core/systems/*.yaml (NVIDIA; bandwidth, dense TFLOPS, nvidia-smi totals, sm_version)",
      "stas00/ml-engineering@744d01e:compute/accelerator/README.md and network/README.md (2026-08-22)",
      "Lightning-AI/pytorch-lightning@7f0c3436:src/lightning/fabric/utilities/throughput.py",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
      "torch total: printed by torch in public logs; varies by driver by up to 0.2 GiB",
    ],
    retrieved: "2026-08-22",
  },
  "rtx-pro-6000-ws": {
    source: [
      "changh95/vram-calculator@c51a9d5:src/lib/data/hardware.ts, notes/hardware-constraints.md (2026-06-12)",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "ai-dynamo/aiconfigurator@095f58a5:aic-core/src/aiconfigurator_core/systems/*.yaml (NVIDIA; bandwidth, dense TFLOPS, nvidia-smi totals, sm_version)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
    ],
    retrieved: "2026-08-19",
  },
  "h200-sxm": {
    source: [
      "ai-dynamo/aiconfigurator@095f58a5:aic-core/src/aiconfigurator_core/systems/*.yaml (NVIDIA; bandwidth, dense TFLOPS, nvidia-smi totals, sm_version)",
      "stas00/ml-engineering@744d01e:compute/accelerator/README.md and network/README.md (2026-08-22)",
      "Lightning-AI/pytorch-lightning@7f0c3436:src/lightning/fabric/utilities/throughput.py",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
    ],
    retrieved: "2026-08-22",
  },
  b200: {
    source: [
      "ai-dynamo/aiconfigurator@095f58a5:aic-core/src/aiconfigurator_core/systems/*.yaml (NVIDIA; bandwidth, dense TFLOPS, nvidia-smi totals, sm_version)",
      "stas00/ml-engineering@744d01e:compute/accelerator/README.md and network/README.md (2026-08-22)",
      "changh95/vram-calculator@c51a9d5:src/lib/data/hardware.ts, notes/hardware-constraints.md (2026-06-12)",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "nvidia-smi outputs in public files",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
      "torch total: printed by torch in public logs; varies by driver by up to 0.2 GiB",
    ],
    retrieved: "2026-08-22",
  },
  mi300x: {
    source: [
      "stas00/ml-engineering@744d01e:compute/accelerator/README.md and network/README.md (2026-08-22)",
      "changh95/vram-calculator@c51a9d5:src/lib/data/hardware.ts, notes/hardware-constraints.md (2026-06-12)",
      "AlexsJones/llmfit@3f44fd3:llmfit-core/src/hardware.rs (bandwidth table)",
      "dstackai/gpuhunt@3584151:src/gpuhunt/_internal/constraints.py (compute capability, 2026-08-19)",
      "@huggingface/tasks 0.21.54 src/hardware*.ts (year, board power, FP32-class tflops, memory options, MSRP)",
      "reported memory: rocm-smi and torch outputs in public files: 205,822,885,888 B",
    ],
    retrieved: "2026-08-22",
  },
} as const satisfies Record<keyof typeof POPULAR_GPUS, GpuProvenance>;
