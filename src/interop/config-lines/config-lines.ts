import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { allocatorVariable } from "./allocator-variable.ts";
import { chosenRun } from "./chosen-run.ts";
import { libraryOf } from "./library-of.ts";
import { type ConfigLines, linesBetween } from "./lines-between.ts";
import type { Setting } from "./setting.ts";

/** Which version of a library is asked for: no file says. */
const version = (choices: Choices): Setting => ({
  name: "stack",
  chosen: choices.stack,
  sentence: `It takes ${stackOf(choices).name}.`,
  when: "changed",
});

/** The lines that turn one run into another in the file of the second one's library; all of them where the first was another library's. */
export const configLines = (before: Choices, after: Choices, catalog: Catalog): ConfigLines => {
  const library = libraryOf(after);
  const settingsOf = (choices: Choices): readonly Setting[] => [
    version(choices),
    allocatorVariable(choices),
    ...library.settings(chosenRun(choices, catalog)),
  ];
  return linesBetween(library, library === libraryOf(before) ? settingsOf(before) : [], settingsOf(after));
};
