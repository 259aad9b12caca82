import type { MethodId } from "#calc/model/scenario.ts";

/** One line of the article's table: a model size, and its training memory in GB (10^9 B) as printed. */
export type ArticleRow = Readonly<{ label: string; params: number; gb: Readonly<Record<MethodId, string>> }>;

/**
 * Training memory by model size as the article (`QUOTED_ARTICLE`) prints it for full fine-tuning, LoRA (r = 16) and QLoRA, in GB. Quoted, never computed:
 * only the full column follows from its own 12 bytes per parameter (84, 156, 408, 840 exactly); the other two are rounded up by hand.
 */
export const ARTICLE_MEMORY: readonly ArticleRow[] = [
  { label: "7B", params: 7e9, gb: { full: "84+", lora: "16", qlora: "6" } },
  { label: "13B", params: 13e9, gb: { full: "156+", lora: "28", qlora: "10" } },
  { label: "34B", params: 34e9, gb: { full: "408+", lora: "72", qlora: "24" } },
  { label: "70B", params: 70e9, gb: { full: "840+", lora: "150", qlora: "42" } },
];
