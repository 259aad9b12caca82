import type { Answer } from "#scenario/choices/answer.ts";

/** What shows how much of a card is taken: only NVIDIA's were measured, and those with nvidia-smi. null for others. */
export const seenBy = ({ gpu }: Answer): string | null => (gpu.traits.isTried ? "nvidia-smi" : null);
