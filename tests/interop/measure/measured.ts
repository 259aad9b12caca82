import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { measureScript } from "#interop/measure/measure-script.ts";
import type { MeasuredText } from "#interop/measure/measured-scenario.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

/** What measures the scenario of a link, without its `?v=1`. */
export const measured = (link: string): MeasuredText =>
  measureScript(decodeLink(`?v=1&${link}`, FULL_CATALOG).value, FULL_CATALOG);

/** The text of its script. */
export const scriptOf = (link: string): string => {
  const { text, refused } = measured(link);
  if (text === null) throw new Error(refused.join(" "));
  return text;
};

/** A function of a script, or a class, to the next one. */
export const partOf = (script: string, name: string): readonly string[] => {
  const parts = script.split("\n\n\n");
  const found = parts.find((part) => part.startsWith(`def ${name}(`) || part.startsWith(`class ${name}`));
  if (found === undefined) throw new Error(`the script has no ${name}`);
  return found.split("\n");
};
