/** Where a price was read. */
export type PriceSource = Readonly<{ label: string; url: string }>;

/**
 * What a change is paid with, in the order in which an expert spends: nothing (the same result, no slower); time (the same result); exactness (another number
 * format of base, adapters or states); money; what is learned; and last the bus, with parameters or states in host memory.
 */
export const PRICE_GROUPS = ["free", "slower", "format", "hardware", "learns-less", "offload"] as const;
export type PriceGroup = (typeof PRICE_GROUPS)[number];

/** The groups by name. */
export const GROUP_NAMES: Readonly<Record<PriceGroup, string>> = {
  free: "Same result",
  slower: "Slower",
  format: "Other format",
  hardware: "More hardware",
  "learns-less": "Learns less",
  offload: "Last resort: base in host memory",
};

/** What a change costs: its group, its rank among those of the group (cheaper first), one sentence on it, and where that was read (null: it needs no proof). */
export type Price = Readonly<{ group: PriceGroup; rank: number; words: string; source: PriceSource | null }>;

/** A paper. */
export const arxiv = (label: string, id: string): PriceSource => ({ label, url: `https://arxiv.org/abs/${id}` });
