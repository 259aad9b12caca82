import { spawnSync } from "node:child_process";
import { dependenciesAreStale } from "../house/install-dependencies.mjs";
import { ROOT } from "../house/run-command.mjs";

/**
 * Installs what the lock file names when it is not there yet. What npm says goes to standard error, since standard output holds only
 * a command's result.
 *
 * @returns whether the command can go on
 */
export const ensureDependencies = () => {
  if (!dependenciesAreStale()) return true;
  process.stderr.write("Installing dependencies (npm ci) ...\n");
  const npm = process.env["npm_execpath"];
  const args = ["ci", "--no-fund", "--no-audit", "--loglevel=error"];
  const [command, ...rest] = npm?.endsWith(".js") ? [process.execPath, npm, ...args] : ["npm", ...args];
  const { status, error } = spawnSync(command, rest, { cwd: ROOT, stdio: ["ignore", 2, 2] });
  if (status === 0) return true;
  process.stderr.write(
    `${error?.message ?? "npm ci failed"}: run npm ci in ${ROOT} by hand, and then this command again.\n`,
  );
  return false;
};
