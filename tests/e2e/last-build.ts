import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What `npm run build` makes the page of. */
const MADE_OF = ["src", "public", "tools/build"];

const changedAt = (file: string): number => statSync(file).mtimeMs;

/** Files of a folder, with those inside its folders. */
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

/** Before the first test: no page is no test, and a page that is older than its sources is named. */
export default (): void => {
  const page = "dist/index.html";
  if (!existsSync(page)) throw new Error("There is no page: npm run build makes it.");
  const sources = MADE_OF.flatMap(filesIn).filter((file) => !file.endsWith(".md"));
  const newer = sources.find((file) => changedAt(file) > changedAt(page));
  if (newer !== undefined)
    console.warn(`These tests look at dist, which is older than ${newer}: npm run build makes it anew.`);
};
