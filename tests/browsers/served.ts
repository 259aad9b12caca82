import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveFolder } from "../../tools/house/static-server.mjs";

/** Far below the root of its host, where a documentation site may put it. */
const BASE_PATH = "/some/deep/path/";

/** What finds and hears in every page that the list drives. */
export const DRIVEN = join(import.meta.dirname, "in-page", "driven.js");

export type Served = Readonly<{ url: string; close: () => Promise<void> }>;

/** Puts one thing in the place of another, which has to be there. */
const replaced = async (file: string, before: string, after: string): Promise<void> => {
  const text = await readFile(file, "utf8");
  if (!text.includes(before)) throw new Error(`${file} has no ${before}.`);
  await writeFile(
    file,
    text.replace(before, () => after),
  );
};

/** Serves a copy of the built page that loads `driven.js` before its own scripts, and keeps it for use without a network as it does those. */
export const servePage = async (): Promise<Served> => {
  const folder = await mkdtemp(join(tmpdir(), "headroom-browsers-"));
  await cp("dist", folder, { recursive: true });
  await cp(DRIVEN, join(folder, "driven.js"));
  const boot = '<script src="./boot.js"></script>';
  await replaced(join(folder, "index.html"), boot, `<script src="./driven.js"></script>${boot}`);
  await replaced(join(folder, "sw.js"), '"./boot.js"', '"./boot.js","./driven.js"');
  const { port, close } = await serveFolder({ folder, base: BASE_PATH });
  return {
    url: `http://localhost:${port}${BASE_PATH}`,
    close: async () => {
      await close();
      await rm(folder, { recursive: true });
    },
  };
};
