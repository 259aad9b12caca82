import { resolve } from "node:path";
import type { Terminal } from "./terminal.ts";

/** A path as its caller means it: from the caller's folder, where that is not where the process runs. */
export const callersPath = (path: string, { folder }: Pick<Terminal, "folder">): string =>
  folder === undefined || resolve(folder) === resolve(".") ? path : resolve(folder, path);

/** A program as its caller means it: a name alone is looked for where programs are. */
export const callersProgram = (program: string, terminal: Pick<Terminal, "folder">): string =>
  /[/\\]/.test(program) ? callersPath(program, terminal) : program;
