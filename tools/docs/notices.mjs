import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What may be in the site. */
const PERMITTED = ["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"];

/** The folder of the package that a module is of; null: of none. @param {string} module its path */
export const packageFolderOf = (module) => {
  const [path = ""] = module.replaceAll("\\", "/").replace(/^\0/, "").split("?");
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? null;
};

/** @param {string} folder */
const noticeOf = (folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (!PERMITTED.includes(license)) throw new Error(`${name} is in the site, and its licence is ${license}.`);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text =
    file === undefined ? `${license}, whose text is not in the package.` : readFileSync(join(folder, file), "utf8");
  return `## ${name} ${version}\n\n${license}\n\n${text.trim()}\n`;
};

/**
 * A plugin of Vite that writes `licences.md` of all packages with a module in the site, and ends the build where a licence may not be there.
 */
export const noticesOf = () => ({
  name: "notices",
  apply: /** @param {unknown} _ @param {{ isSsrBuild?: boolean }} env */ (_, { isSsrBuild }) => isSsrBuild !== true,
  /** @this {{ getModuleIds: () => Iterable<string>, emitFile: (file: { type: "asset", fileName: string, source: string }) => void }} */
  generateBundle() {
    const folders = new Set([...this.getModuleIds()].map(packageFolderOf).filter((folder) => folder !== null));
    const notices = [...folders].sort().map(noticeOf);
    const first = "# What the site is made of\n\nThe calculator has its own list: calculator/licences.md.\n";
    this.emitFile({ type: "asset", fileName: "licences.md", source: [first, ...notices].join("\n") });
  },
});
