import type { Arguments } from "#package/commands/command.ts";

/** The whole number of an option, `otherwise` where it is not given; or what is wrong with it, as a sentence. */
export const wholeOption = ({ values }: Arguments, name: string, otherwise: number): number | string => {
  const text = values.get(name) ?? String(otherwise);
  return /^\d{1,9}$/.test(text) ? Number(text) : `${name} needs a whole number, and not ${JSON.stringify(text)}.`;
};
