import type { GivenFile, Refusal } from "#interop/import/source.ts";
import { REFUSED_CLASSES } from "./refused-classes.ts";
import { REFUSED_TOOLS, type RefusedTool } from "./refused-tools.ts";
import { type ShownText, shownText } from "./shown-text.ts";

const PARTS = ["commands", "code", "settings"] as const;

/** The words with which a text names a tool; undefined where it does not. */
const foundIn = (shown: ShownText, tool: RefusedTool): string | undefined => {
  if (tool.unless?.test(shown.code)) return undefined;
  const match = PARTS.map((part) => tool[part]?.exec(shown[part])).find((found) => found);
  return match ? (tool.name ?? match.slice(1).find((group) => group !== undefined)) : undefined;
};

/** A line of the text as it is written that has the name; null where none has. */
const lineOf = (text: string, name: string): number | null => {
  const at = text.indexOf(name);
  return at === -1 ? null : text.slice(0, at).split("\n").length;
};

/** Refuses a file of a tool that is known by name and that nothing is read of; null: it is none. */
export const refusedTool = ({ name: file, text }: GivenFile): Refusal | null => {
  const shown = shownText(text);
  for (const tool of [...REFUSED_TOOLS, ...REFUSED_CLASSES]) {
    const name = foundIn(shown, tool);
    if (name === undefined) continue;
    const sentence = `Headroom does not estimate ${name} yet: ${tool.missing}.`;
    return { file, line: tool.name === undefined ? lineOf(text, name) : null, sentence, reason: "not-known" };
  }
  return null;
};
