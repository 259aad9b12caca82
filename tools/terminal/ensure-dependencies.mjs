import { installInto } from "../house/install-dependencies.mjs";
import { ROOT } from "../house/run-command.mjs";

/**
 * Installs what the lock file names when it is not there yet. What npm says goes to standard error, since standard output holds only
 * a command's result.
 *
 * @returns whether the command can go on
 */
export const ensureDependencies = async () => {
  const { code, why } = await installInto({ folder: ROOT, output: process.stderr });
  if (code === 0) return true;
  process.stderr.write(`${why ?? `npm ci failed: run npm ci in ${ROOT} by hand, and then this command again.`}\n`);
  return false;
};
