import { existsSync } from "node:fs";
import { join } from "node:path";
import { installDependencies } from "../house/install-dependencies.mjs";
import { ROOT, runCommand } from "../house/run-command.mjs";
import { HERE, OUT, STAGED } from "./places.mjs";
import { stagePages } from "./stage.mjs";

/** The address of the calculator inside a site; none where the site's is not known. @param {string | undefined} site */
const calculatorsAddress = (site = "") => (site === "" ? "" : `${site.replace(/\/?$/, "/")}calculator/`);

/**
 * Builds the calculator, and with it the site.
 *
 * @returns {Promise<Readonly<{ pages: readonly import("./pages.mjs").Page[], failed: string | null }>>} `failed`: what was printed by what failed
 */
export const buildSite = async () => {
  await installDependencies();
  await installDependencies(HERE);
  console.log("Building the calculator ...");
  const SITE_URL = calculatorsAddress(process.env["SITE_URL"]);
  const calculator = await runCommand(process.execPath, [join("tools", "build", "build.mjs")], { env: { SITE_URL } });
  if (calculator.code !== 0) return { pages: [], failed: calculator.output };
  const pages = stagePages({ root: ROOT, folder: STAGED });
  console.log(`Building the site of ${pages.length} pages ...`);
  const program = join(HERE, "node_modules", "vitepress", "bin", "vitepress.js");
  const site = await runCommand(process.execPath, [program, "build", HERE]);
  const isThere = site.code === 0 && existsSync(join(OUT, "index.html"));
  return { pages, failed: isThere ? null : site.output };
};
