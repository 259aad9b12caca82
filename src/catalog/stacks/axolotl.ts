import type { StackRow } from "#catalog/stack-row.ts";
import { TRANSFORMERS } from "./transformers.ts";

/**
 * Axolotl: `prepare_model_for_kbit_training` first, then norms, embeddings and head go back to bf16 wherever an adapter is trained
 * (`_configure_embedding_dtypes`), so nothing of the preparation is left. Cut cross entropy (a plugin) is the `fused` choice here.
 */
export const AXOLOTL: StackRow = {
  ...TRANSFORMERS,
  name: "Axolotl",
  versions: "axolotl 0.18",
  kbitPreparation: "none",
  summary: "As Transformers; norms, embeddings and head stay bf16 on a quantised base.",
  source: [
    {
      label:
        "axolotl-ai-cloud/axolotl@067b021c:src/axolotl/loaders/model.py, _configure_embedding_dtypes, _prepare_model_for_quantization",
      url: "https://github.com/axolotl-ai-cloud/axolotl/blob/067b021c8/src/axolotl/loaders/model.py",
    },
    {
      label: "axolotl-ai-cloud/axolotl@067b021c:src/axolotl/utils/schemas/training.py (optimizer: adamw_torch_fused)",
      url: "https://github.com/axolotl-ai-cloud/axolotl/blob/067b021c8/src/axolotl/utils/schemas/training.py",
    },
    {
      label: "axolotl-ai-cloud/axolotl@067b021c:src/axolotl/monkeypatch/loss/chunked.py (8 chunks)",
      url: "https://github.com/axolotl-ai-cloud/axolotl/blob/067b021c8/src/axolotl/monkeypatch/loss/chunked.py",
    },
  ],
};
