// npm run space -- FOLDER: the built page as the folder of a static Space of Hugging Face (docs/hosting.md). Nothing is uploaded.
import { join, resolve } from "node:path";
import { ROOT, runCommand } from "../house/run-command.mjs";
import { makeSpace } from "./space-folder.mjs";

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || folder.startsWith("-") || rest.length > 0) {
  console.error("npm run space -- FOLDER: a folder that is new, empty, or a clone of a static Space.");
  process.exit(2);
}
const { code } = await runCommand(process.execPath, ["tools/build/build.mjs"], { show: true });
if (code !== 0) process.exit(code);
try {
  makeSpace(join(ROOT, "dist"), resolve(folder));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(2);
}
console.log(`${resolve(folder)} is a static Space: docs/hosting.md says how it gets to the Hub.`);
