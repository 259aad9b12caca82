import type { MethodId } from "#calc/model/scenario.ts";
import { boxWords } from "./card-words.ts";
import { smallestGpu } from "./smallest-gpu.ts";
import type { VerdictInput, VerdictMethod } from "./verdict.ts";

const holderOf = (one: VerdictMethod, { candidates, ...input }: VerdictInput): string | null => {
  if (one.card.fit !== "over") return null;
  const card = smallestGpu(candidates, { ...input, estimates: [one.elsewhere ?? one.estimate] });
  return card === null ? (one.several ?? null) : boxWords(card, input.gpus);
};

/**
 * What holds the methods that the chosen card does not: "1 × H100, 80 GB", "16 × H100 with FSDP 2". Without those that fit, those that cannot run, and those
 * that no cards hold which people have or rent.
 */
export const holderWords = (input: VerdictInput): Readonly<Partial<Record<MethodId, string>>> =>
  Object.fromEntries(
    input.methods.flatMap((one) => {
      const words = holderOf(one, input);
      return words === null ? [] : [[one.method, words]];
    }),
  );
