import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Command } from "#package/commands/terminal.ts";

/** `architectures`: every architecture of the catalog by its id, for `tools/reference/generate.py`. */
export const main: Command = async ({ print }) => {
  const architectures = Object.entries(FULL_CATALOG.models).map(([id, { architecture }]) => [id, architecture]);
  print(JSON.stringify(Object.fromEntries(architectures)));
  return 0;
};
