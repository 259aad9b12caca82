import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { allocatorVariable } from "./allocator-variable.ts";
import { chosenRun } from "./chosen-run.ts";
import type { ConfigLibrary } from "./config-library.ts";
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

const settingsIn = (library: ConfigLibrary, choices: Choices, catalog: Catalog): readonly Setting[] => {
  const run = chosenRun(choices, catalog);
  return [version(choices), allocatorVariable(choices), ...library.settings(run), ...library.ofRun(run)];
};

/** The lines that turn one run into another in a file of a certain library. */
export const linesIn = (
  library: ConfigLibrary,
  [before, after]: readonly [before: Choices, after: Choices],
  catalog: Catalog,
): ConfigLines => linesBetween(library, settingsIn(library, before, catalog), settingsIn(library, after, catalog));

/** The lines that turn one run into another in the file of the second one's library; all of them where the first was another library's. */
export const configLines = (before: Choices, after: Choices, catalog: Catalog): ConfigLines => {
  const library = libraryOf(after);
  return library === libraryOf(before)
    ? linesIn(library, [before, after], catalog)
    : linesBetween(library, [], settingsIn(library, after, catalog));
};
