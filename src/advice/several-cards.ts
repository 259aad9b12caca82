import type { MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { availableBytes } from "./available.ts";
import { couldHold, largerCounts, onSeveral, severalWords } from "./on-several.ts";
import { tryOut } from "./trial.ts";

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
      tryOut({ ...choices, ...onSeveral(choices, gpus), method }, catalog).fit === "fits",
  );
  return count === undefined ? null : severalWords(choices, count, catalog);
};
