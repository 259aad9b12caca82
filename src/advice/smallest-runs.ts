import type { MethodId } from "#calc/model/scenario.ts";
import { METHODS } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { settle } from "#scenario/choices/settle.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { onCount } from "./on-several.ts";
import { smallestCard } from "./smallest-card.ts";

/** A method in focus on the smallest card that holds it, with what it takes there; `answer` is null where no number of any card is enough. */
export type SmallestRun = Readonly<{ method: MethodId; answer: Answer | null }>;

const runOn = (asked: Choices, catalog: Catalog): Answer => {
  const show = METHODS.filter((method) => method === asked.method || asked.show.includes(method));
  const choices = settle({ ...asked, show });
  // The link shows the other methods, too; they are counted when it is opened.
  return { ...toAnswer({ ...choices, show: [choices.method] }, catalog), choices };
};

const smallestRun = (choices: Choices, method: MethodId, catalog: Catalog): SmallestRun => {
  const { found } = smallestCard(choices, method, catalog);
  if (found === null) return { method, answer: null };
  const gpu = { kind: "catalog", id: found.id } as const;
  return { method, answer: runOn({ ...onCount(choices, found.gpus), method, gpu }, catalog) };
};

/**
 * What methods take on the smallest card of each (`smallestCard` says which that is): a figure that is true of that card, and not of the chosen one, which
 * may run the method otherwise.
 *
 * @yields after each method
 */
export function* smallestRuns(
  { choices, methods }: Readonly<{ choices: Choices; methods: readonly MethodId[] }>,
  catalog: Catalog,
): Generator<void, readonly SmallestRun[]> {
  const runs: SmallestRun[] = [];
  for (const method of methods) {
    runs.push(smallestRun(choices, method, catalog));
    yield;
  }
  return runs;
}
