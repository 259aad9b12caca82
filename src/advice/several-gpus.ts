import type { MethodId } from "#calc/model/scenario.ts";
import { boxWords } from "./card-words.ts";
import type { VerdictInput, VerdictMethod } from "./verdict.ts";
import type { Catalog } from "#catalog/popular-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { availableBytes, tryOut } from "./trial.ts";
import { couldHold, largerCounts, dividedOver, severalWords } from "./on-several.ts";

const holderOf = ({ card, smallest, several }: VerdictMethod, { gpus }: VerdictInput): string | null => {
  if (card.fit !== "over") return null;
  const found = smallest();
  if (found?.fit === "fits") return `Fits on ${boxWords(found, gpus)}`;
  if (several) return `Fits on ${several}`;
  return found && `May not fit on ${boxWords(found, gpus)}`;
};

/**
 * What holds the methods that the chosen card does not: "Fits on 1 × H100, 80 GB", "Fits on 16 × H100 with FSDP 2", "May not fit on 1 × B200, 192 GB". Without
 * those that fit, those that cannot run, and those that no cards hold which people have or rent.
 */
export const holderWords = (input: VerdictInput): Readonly<Partial<Record<MethodId, string>>> =>
  Object.fromEntries(
    input.methods.flatMap((one) => {
      const words = holderOf(one, input);
      return words === null ? [] : [[one.method, words]];
    }),
  );

/**
 * The fewest of the chosen card on which a method fits, the model divided over them: "16 × H100 with FSDP 2"; null where no number does.
 *
 * @param onCardBytes what it takes on each of the cards that are chosen
 */
export const severalCards = (
  choices: Choices,
  { method, onCardBytes }: Readonly<{ method: MethodId; onCardBytes: number }>,
  catalog: Catalog,
): string | null => {
  const available = availableBytes(choices, catalog);
  const count = largerCounts(choices, catalog).find(
    (gpus) =>
      couldHold(gpus, available, { gpus: choices.gpus, onCardBytes }) &&
      tryOut({ ...choices, ...dividedOver(choices, gpus), method }, catalog).fit === "fits",
  );
  return count === undefined ? null : severalWords(choices, count, catalog);
};
