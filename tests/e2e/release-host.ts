import { renameSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveFolder } from "../../tools/house/static-server.mjs";

export type ReleaseHost = Readonly<{
  folder: string;
  /** The address of one of the copies. */
  url: (name: string) => string;
  /** Takes the host away, as a lost network does. */
  leave: () => Promise<void>;
  close: () => Promise<void>;
}>;

/** A host with copies of the built page in folders of its own. */
export const hostOf = async (...names: readonly string[]): Promise<ReleaseHost> => {
  const folder = await mkdtemp(join(tmpdir(), "headroom-release-"));
  for (const name of names) await cp("dist", join(folder, name), { recursive: true });
  const { port, close } = await serveFolder({ folder });
  let left: Promise<void> | null = null;
  const leave = (): Promise<void> => (left ??= close());
  return {
    folder,
    url: (name) => `http://localhost:${port}/${name}/`,
    leave,
    close: async () => {
      await leave();
      await rm(folder, { recursive: true });
    },
  };
};

/** What tells that a page is the next release's. */
export const NEXT = "next";

const TEXTS = /\.(html|js|css|json|webmanifest)$/;

/** "engine-DaSAcM7T.js" → "engine-next-DaSAcM7T.js". */
const nextName = (name: string): string => name.replace(/-(?=[\w-]{8}\.\w+$)/, `-${NEXT}-`);

const textsIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && TEXTS.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

/**
 * Puts the next release in the place of a copy: the same page, whose scripts and styles all have other names, as if each had changed. Those of before are
 * gone, and the service worker is another one. It is made aside and put there at once: what is asked for meanwhile is all of the one release or all of the
 * other, never an old name with the new text.
 */
export const releaseNext = async (folder: string): Promise<void> => {
  const [next, before] = [`${folder}.next`, `${folder}.before`];
  await cp(folder, next, { recursive: true });
  const assets = await readdir(join(next, "assets"));
  for (const file of await textsIn(next)) {
    const text = await readFile(file, "utf8");
    await writeFile(
      file,
      assets.reduce((now, name) => now.replaceAll(name, nextName(name)), text),
    );
  }
  for (const name of assets) await rename(join(next, "assets", name), join(next, "assets", nextName(name)));
  const worker = join(next, "sw.js");
  await writeFile(worker, (await readFile(worker, "utf8")).replace(/[0-9a-f]{16}/, "f".repeat(16)));
  const boot = join(next, "boot.js");
  await writeFile(boot, `document.documentElement.dataset.release="${NEXT}";${await readFile(boot, "utf8")}`);
  // The host runs in this process too: nothing is asked for between the two.
  renameSync(folder, before);
  renameSync(next, folder);
  await rm(before, { recursive: true });
};
