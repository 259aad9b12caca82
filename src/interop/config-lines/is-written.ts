import type { Setting } from "./setting.ts";

/** Values of a file are compared as they are written. */
export const sameValue = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** A file has lines of what is not the library's default, and of what every file names. */
export const isWritten = (setting: Setting): boolean => {
  if ("within" in setting) return setting.otherwise === undefined || !sameValue(setting.value, setting.otherwise);
  return "statement" in setting;
};
