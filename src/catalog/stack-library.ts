import { STACK_RELEASES } from "./stack-releases.ts";
import { STACKS, type StackId } from "./stacks.ts";

/** The library whose behavior is estimated. `version`, `month`: null for a loop of one's own and for a rule of thumb. */
export type StackLibrary = Readonly<{ id: StackId; name: string; version: string | null; month: string | null }>;

/** The library of a row, with its version and month. */
export const stackLibrary = (id: StackId): StackLibrary => {
  const release = STACK_RELEASES[id];
  return release === null
    ? { id, name: STACKS[id].name, version: null, month: null }
    : { id, name: release.library, version: release.version, month: release.month };
};
