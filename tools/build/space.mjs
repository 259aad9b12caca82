// npm run space -- FOLDER: the built page as the folder of a static Space of Hugging Face (docs/hosting.md). Nothing is uploaded.
import { join, resolve } from "node:path";
import { callersFolder } from "../house/callers-folder.mjs";
import { readCommandLine, refuseCommandLine } from "../house/command-line.mjs";
import { ROOT, runCommand } from "../house/run-command.mjs";
import { makeSpace } from "./space-folder.mjs";

const USAGE = `Usage: npm run space -- FOLDER

Builds the page and makes of it the folder of a static Space of Hugging Face. FOLDER is new, empty, or a clone of a static Space.`;

const { positionals } = readCommandLine(USAGE, { most: 1 });
const folder = resolve(callersFolder(), positionals[0] ?? refuseCommandLine("There is no folder.", USAGE));
const { code } = await runCommand(process.execPath, ["tools/build/build.mjs"], { show: true });
if (code !== 0) process.exit(code);
try {
  makeSpace(join(ROOT, "dist"), folder);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(2);
}
console.log(`${folder} is a static Space: docs/hosting.md says how it gets to the Hub.`);
