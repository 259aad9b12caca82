// Defaults of Axolotl.

import type { StackRow } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * Axolotl: `prepare_model_for_kbit_training` first, then norms, embeddings and head go back to bf16 wherever an adapter is trained
 * (`_configure_embedding_dtypes`), so that of a dense model nothing of the preparation is left; experts that are not quantised stay in fp32. FSDP 2 is prepared
 * by its own function, which casts nothing, and wraps layers and the root alone (`monkeypatch/accelerate/fsdp2.py`). Cut cross entropy (a plugin) is the
 * `fused` choice here. Checkpoints are reentrant (`normalize_config`), and fused kernels for adapters switch themselves on (`check_auto_enable_lora_kernels`,
 * since April 2025). Experts that it quantises are NF4 with double quantization, whatever the linears are: it asks its config for `bnb_4bit_use_double_quant`, which no
 * schema of 0.15 to 0.19 has at its top (axolotl-ai-cloud/axolotl@v0.18.0:src/axolotl/monkeypatch/moe_quant.py, `patch_moe_quantization_on_load`).
 */
export const AXOLOTL: StackRow = {
  ...TRANSFORMERS,
  name: "Axolotl",
  kbitPreparation: "axolotl",
  expertFormat: { kind: "bnb-4bit", bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: true },
  fsdp: { reshardsAfterForward: true, reduce: "bf16", reducesEachMicroStep: false, endsApart: false, keepsTypes: true },
  reentrant: true,
  // utils/config/__init__.py, `normalize_config`; monkeypatch/selective_checkpointing.py: `gc_kwargs["use_reentrant"] = False`.
  reentrantTurned: [{ model_types: ["gemma4", "gemma4_unified"] }, { selective: true }],
  kernels: { liger: false, lora: true },
};
