import type { MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { availableBytes } from "./available.ts";
import { largerCounts, onSeveral, severalWords } from "./on-several.ts";
import { tryOut } from "./trial.ts";

/** By how much less all ranks together may take than one card alone: what is cast to fp32 on one, as by k-bit preparation, may stay in 16 bits on ranks that share it. */
const CAST = 2;

/**
 * The fewest of the chosen card that hold a method, the model divided over them: "16 × H100 with FSDP 2"; null where no number does.
 *
 * @param onCardBytes what it takes on each of the cards that are chosen: with n times as many, each needs at least an n-th of it, but for what is not cast there
 */
export const severalCards = (
  choices: Choices,
  { method, onCardBytes }: Readonly<{ method: MethodId; onCardBytes: number }>,
  catalog: Catalog,
): string | null => {
  const least = (choices.gpus * onCardBytes) / availableBytes(choices, catalog) / CAST;
  const count = largerCounts(choices, catalog).find(
    (gpus) => gpus >= least && tryOut({ ...choices, ...onSeveral(choices, gpus), method }, catalog).isWayOut,
  );
  return count === undefined ? null : severalWords(choices, count, catalog);
};
