#!/usr/bin/env node
// headroom COMMAND [ARGUMENT...]: the package's program. It loads no more than it is asked for.
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { headroom } from "./headroom.ts";

/** There was nothing to work on, or it could not be worked on: the same for every command. */
const FAILED = 2;

/** Where this file stands: in the package, in a folder of the build. */
const HERE = import.meta.url;

const versionOf = (manifest: string): string => String((JSON.parse(manifest) as { version: unknown }).version);

const complain = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const run = headroom(versionOf(readFileSync(new URL("../package.json", HERE), "utf8")));
process.exitCode = await run({
  args: process.argv.slice(2),
  readInput: () => text(process.stdin),
  print: (line) => process.stdout.write(`${line}\n`),
  complain,
}).catch((error: unknown) => {
  // Not 1, which Node would take: that is an answer of a command.
  complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return FAILED;
});
