import type { Source } from "./source.ts";

/** A section as a source of its own: its fields, by their names in it, each still at its own place. */
export const within = (source: Source, section: string): Source => ({
  ...source,
  fields: new Map(
    [...source.fields].flatMap(([path, field]) =>
      path.startsWith(`${section}.`) ? [[path.slice(section.length + 1), field] as const] : [],
    ),
  ),
});
