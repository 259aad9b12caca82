import type { Catalog } from "#catalog/catalog.ts";
import { STACKS } from "#catalog/stacks.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { allocatorVariable } from "./allocator-variable.ts";
import { type ChosenRun, chosenRun } from "./chosen-run.ts";
import { otherLibraries } from "./library-of.ts";
import { type ConfigLines, linesBetween } from "./lines-between.ts";
import type { Setting } from "./setting.ts";

/** Whether a library has no field for adapters, or for what they stand on. */
const lacksMethod = (settings: readonly Setting[]): boolean =>
  settings.some((setting) => "when" in setting && setting.when === "chosen" && setting.name === "method");

/**
 * The same in the file of every other library that has lines for it, as if it ran what the chosen one is counted with.
 *
 * @returns none that has no field for the method
 */
export const linesElsewhere = (before: Choices, after: Choices, catalog: Catalog): readonly ConfigLines[] => {
  const [first, second] = [chosenRun(before, catalog), chosenRun(after, catalog)];
  return otherLibraries(after).flatMap(({ stack, library }) => {
    const settingsOf = (run: ChosenRun): readonly Setting[] => {
      const there = { ...run, choices: { ...run.choices, stack }, stack: STACKS[stack] };
      return [allocatorVariable(run.choices), ...library.settings(there), ...library.ofRun(there)];
    };
    const are = settingsOf(second);
    const lines = linesBetween(library, settingsOf(first), are);
    return lines.removed.length + lines.added.length === 0 || lacksMethod(are) ? [] : [lines];
  });
};
