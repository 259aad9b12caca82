// GPUs that many people own or can rent, with the source for each.

/** How people come by a card: many have it, or it is let by the hour. Where that was read, and when. */
type Obtainable = Readonly<{ mark: "popular" | "rentable"; source: string; retrieved: string }>;

const popular = (source: string, retrieved: string): Obtainable => ({ mark: "popular", source, retrieved });
const rentable = (source: string, retrieved: string): Obtainable => ({ mark: "rentable", source, retrieved });

const STEAM_2023 = "Steam hardware survey of September 2023, as ruetir.com reported it on 2023-10-04";
const STEAM_2024 = "Steam hardware survey of September 2024, as pcgamesn.com reported it";
const HUGGING_FACE = "huggingface/hub-docs@242f4a1e docs/hub/jobs-pricing.md";
const PRICES = "tgarg01/silybench-data derived/csv/gpu_prices.csv, the vendors' pages transcribed";
const RECEIPTS = "datareceipts/data-receipts 109-gpu-pricing (vendors.json, hyperscalers.json)";
const RUNPOD = "deploybase.ai/articles/runpod-gpu-pricing, RunPod's prices of March 2026";

/** Cards that are easy to come by, by their ids. Answers name those of them that the first screen has (`advice/smallest-gpu.ts`). */
export const OBTAINABLE_GPUS: Readonly<Partial<Record<string, Obtainable>>> = {
  "rtx-4060": popular(STEAM_2024, "2026-11-27"),
  "rtx-3060-12gb": popular(STEAM_2024, "2026-11-27"),
  "rtx-4080": popular(STEAM_2023, "2026-11-27"),
  "rtx-3090": rentable("api-evangelist/openrelay plans/openrelay-plans-pricing.yml (OpenRelay)", "2026-09-20"),
  "rtx-4090": rentable(`${PRICES} (RunPod)`, "2026-09-25"),
  "rtx-5090": rentable(RUNPOD, "2026-11-27"),
  "rtx-a6000": rentable("huggingface.co/datasets/lantern-works/gpu-cloud-prices (Verda)", "2026-10-29"),
  "rtx-pro-6000-server": rentable(`${HUGGING_FACE} (Hugging Face Jobs)`, "2026-08-22"),
  t4: rentable(`${HUGGING_FACE} (Hugging Face Jobs)`, "2026-08-22"),
  l4: rentable(`${HUGGING_FACE} (Hugging Face Jobs)`, "2026-08-22"),
  l40: rentable(RUNPOD, "2026-11-27"),
  l40s: rentable(`${HUGGING_FACE} (Hugging Face Jobs)`, "2026-08-22"),
  a10: rentable(`${PRICES} (Lambda)`, "2026-09-25"),
  a10g: rentable(`${HUGGING_FACE} (Hugging Face Jobs)`, "2026-08-22"),
  a40: rentable("huggingface.co/datasets/privum/ai-compute-prices (RunPod)", "2026-08-19"),
  "a100-40gb-sxm": rentable(`${PRICES} (Lambda)`, "2026-09-25"),
  "a100-80gb-sxm": rentable(`${HUGGING_FACE} (Hugging Face Jobs)`, "2026-08-22"),
  "a100-80gb-pcie": rentable(`${RECEIPTS} (Azure)`, "2026-11-09"),
  "h100-pcie": rentable(`${PRICES} (RunPod)`, "2026-09-25"),
  "h100-sxm": rentable(`${PRICES} (RunPod)`, "2026-09-25"),
  "h100-nvl": rentable(`${RECEIPTS} (Azure)`, "2026-11-09"),
  "gh200-96gb": rentable(`${PRICES} (Lambda)`, "2026-09-25"),
  "h200-sxm": rentable(`${HUGGING_FACE} (Hugging Face Jobs)`, "2026-08-22"),
  b200: rentable(`${PRICES} (RunPod)`, "2026-09-25"),
};
