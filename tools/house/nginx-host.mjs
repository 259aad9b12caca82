import { spawn } from "node:child_process";
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { compressFiles } from "../build/compress-files.mjs";
import { fill } from "../build/fill.mjs";
import { isProgram } from "./browser.mjs";
import { freePort } from "./free-port.mjs";
import { ROOT } from "./run-command.mjs";

/** @typedef {Readonly<{ url: string, port: number, leave: () => Promise<void>, close: () => Promise<void> }>} NginxHost `leave`: as a lost network does */

/** nginx of this machine, which root's PATH may leave out; null: there is none. */
export const findNginx = () =>
  [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"]
    .map((folder) => join(folder, "nginx"))
    .find(isProgram) ?? null;

/** @param {string} url @param {() => string} said */
const answering = async (url, said) => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(url).catch(() => null)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nginx does not answer: ${said()}`);
};

/**
 * Serves a built page with nginx by hosting/nginx.conf, at the root and again in the folder `headroom`. Of the recipe only places are other ones: the folder, the
 * port, and where nginx keeps what it needs while it runs.
 *
 * @param {string} nginx
 * @param {string} dist
 * @returns {Promise<NginxHost>}
 */
export const serveWithNginx = async (nginx, dist) => {
  const place = await mkdtemp(join(tmpdir(), "headroom-nginx-"));
  // Started by root, nginx reads as somebody else.
  await chmod(place, 0o755);
  const root = join(place, "www");
  await cp(dist, root, { recursive: true });
  await compressFiles(root);
  await cp(root, join(place, "again"), { recursive: true });
  await cp(join(place, "again"), join(root, "headroom"), { recursive: true });
  const port = await freePort();
  const recipe = await readFile(join(ROOT, "hosting", "nginx.conf"), "utf8");
  const running = recipe.replaceAll(" /tmp/", () => ` ${place}/`);
  const here = fill(fill(running, "root /srv/headroom;", `root ${root};`), "listen 8080;", `listen 127.0.0.1:${port};`);
  await writeFile(join(place, "nginx.conf"), here);
  const child = spawn(nginx, ["-p", place, "-c", join(place, "nginx.conf"), "-g", "daemon off;"]);
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.on("close", resolve));
  const leave = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const url = `http://localhost:${port}/`;
  await answering(url, () => said);
  return {
    url,
    port,
    leave,
    close: async () => {
      await leave();
      await rm(place, { recursive: true, force: true });
    },
  };
};
