// node tools/terminal/run.mjs NAME [ARGUMENT...]: runs a command of the package (src/package/commands/NAME.ts) or of maintainers
// (tools/terminal/NAME.ts), built when its sources have changed. Node 20 runs no TypeScript, and a command has to work in a fresh clone.
import { callersFolder } from "../house/callers-folder.mjs";
import { builtCommand, sourceOf } from "./built-command.mjs";
import { ensureDependencies } from "./ensure-dependencies.mjs";

/** There was nothing to work on, or it could not be worked on: the same for every command. */
const FAILED = 2;

/** @param {string} line */
const complain = (line) => {
  process.stderr.write(`${line}\n`);
};

/** @param {string} name @param {readonly string[]} args @returns {Promise<number>} */
const run = async (name, args) => {
  if (sourceOf(name) === null) {
    complain(`There is no command ${JSON.stringify(name)}.`);
    return FAILED;
  }
  if (!(await ensureDependencies())) return FAILED;
  /** @type {{ main: import("#package/commands/terminal.ts").Command }} */
  const { main } = await import(await builtCommand(name));
  return main({
    args,
    folder: callersFolder(),
    input: () => process.stdin,
    print: (line) => process.stdout.write(`${line}\n`),
    complain,
  });
};

// A reader that has seen enough (`| head`, `2>&1 | head`) is no failure: what the command ends with stays what it found out.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error) => {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EPIPE") throw error;
  });

const [name = "", ...args] = process.argv.slice(2);
process.exitCode = await run(name, args).catch((error) => {
  // Not 1, which Node would take: that is an answer of the command.
  complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return FAILED;
});
