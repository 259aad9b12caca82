#!/usr/bin/env node
// headroom COMMAND [ARGUMENT...]: the package's program. It loads only what a command needs.

import { readFileSync } from "node:fs";
import { UNREADABLE } from "./commands/command.ts";
import { headroom } from "./program.ts";

/** Where this file stands: in the package, in a folder of the build. */
const HERE = import.meta.url;

const versionOf = (manifest: string): string => String((JSON.parse(manifest) as { version: unknown }).version);

const complain = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

// A reader that has seen enough (`| head`, `2>&1 | head`) is no failure: what the program ends with stays what it found out.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

const run = headroom(versionOf(readFileSync(new URL("../package.json", HERE), "utf8")));
process.exitCode = await run({
  args: process.argv.slice(2),
  input: () => process.stdin,
  print: (line) => process.stdout.write(`${line}\n`),
  complain,
}).catch((error: unknown) => {
  // Not 1, which Node would take: that is an answer of a command.
  complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return UNREADABLE;
});
