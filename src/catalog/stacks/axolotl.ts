import type { StackRow } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * Axolotl: `prepare_model_for_kbit_training` first, then norms, embeddings and head go back to bf16 wherever an adapter is trained
 * (`_configure_embedding_dtypes`), so that of a dense model nothing of the preparation is left; experts that are not quantised stay in fp32. FSDP 2 is prepared
 * by its own function, which casts nothing, and wraps layers and the root alone (`monkeypatch/accelerate/fsdp2.py`). Cut cross entropy (a plugin) is the
 * `fused` choice here. Checkpoints are reentrant (`normalize_config`), and fused kernels for adapters switch themselves on (`check_auto_enable_lora_kernels`,
 * since April 2025).
 */
export const AXOLOTL: StackRow = {
  ...TRANSFORMERS,
  name: "Axolotl",
  kbitPreparation: "axolotl",
  fsdp: { reshardsAfterForward: true, reduce: "bf16", reducesEachMicroStep: false, endsApart: false, keepsTypes: true },
  reentrant: true,
  // utils/config/__init__.py, `normalize_config`; monkeypatch/selective_checkpointing.py: `gc_kwargs["use_reentrant"] = False`.
  reentrantTurned: [{ model_types: ["gemma4", "gemma4_unified"] }, { selective: true }],
  kernels: { liger: false, lora: true },
};
