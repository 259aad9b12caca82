import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What Hugging Face reads of a Space, and shows of it in lists. There is no emoji: it is not asked for.
 *
 * @see https://huggingface.co/docs/hub/spaces-config-reference
 */
const METADATA = {
  title: "Headroom",
  colorFrom: "gray",
  colorTo: "blue",
  sdk: "static",
  app_file: "index.html",
  pinned: "false",
  license: "mit",
  // At most 60 characters: the Hub refuses a longer one.
  short_description: "GPU memory that fine-tuning a language model takes",
};

const WORDS = `How much GPU memory do full fine-tuning, LoRA and QLoRA of a language model need, part by part, and does that fit on a real card? Pick a model, move a
slider, and see what fits, what does not, by how much, and what to change. Everything is computed in the browser; nothing is sent.

\`licences.md\` has the licence of this page and those of all that it is made of.
`;

/** What only a README.md that was made here has: whoever works in the folder reads what becomes of it. */
const MADE_HERE =
  "<!-- Made by `npm run space` of Headroom: everything in this folder whose name does not begin with a dot is deleted when it is made again. -->";

/** What stands at the top of a Space's README.md, between two lines of dashes. */
const readme = () =>
  [
    "---",
    ...Object.entries(METADATA).map(([key, value]) => `${key}: ${value}`),
    "---",
    "",
    MADE_HERE,
    "",
    "# Headroom",
    "",
    WORDS,
  ].join("\n");

/** The Hub takes no pictures in git itself. @see https://huggingface.co/docs/hub/repositories-getting-started */
const ATTRIBUTES = ["*.png", "*.ico"].map((files) => `${files} filter=lfs diff=lfs merge=lfs -text\n`).join("");

/** Names that are git's or the Hub's, and not the page's: they stay. @param {string} name */
const isHidden = (name) => name.startsWith(".");

/** @param {string} folder */
const isMadeHere = (folder) => {
  const path = join(folder, "README.md");
  return existsSync(path) && readFileSync(path, "utf8").includes(MADE_HERE);
};

/** What of a folder would be deleted. @param {string} folder */
const pageOf = (folder) => (existsSync(folder) ? readdirSync(folder).filter((name) => !isHidden(name)) : []);

/**
 * Why a folder is not to be made a Space: it holds what was not made here, which would be deleted. null: it can be.
 *
 * @param {string} folder
 * @returns {string | null}
 */
const whyNotSpace = (folder) =>
  pageOf(folder).length === 0 || isMadeHere(folder)
    ? null
    : `${folder} holds files that npm run space did not make, and would delete. Name another folder, or empty it first; what begins with a dot may stay: in a clone of a Space, git rm -r . does it.`;

/**
 * Makes of a built page the folder of a static Space: the page as it is, with its licences, and a README.md that says what it is. A folder that was made so
 * before gets the page in the place of what it has.
 *
 * @param {string} dist a built page
 * @param {string} folder
 * @throws Error where there is no built page, and where the folder holds something else
 */
export const makeSpace = (dist, folder) => {
  if (!existsSync(join(dist, "index.html"))) throw new Error(`${dist} holds no built page.`);
  const why = whyNotSpace(folder);
  if (why !== null) throw new Error(why);
  mkdirSync(folder, { recursive: true });
  for (const name of pageOf(folder)) rmSync(join(folder, name), { recursive: true });
  cpSync(dist, folder, { recursive: true });
  writeFileSync(join(folder, "README.md"), readme());
  if (!existsSync(join(folder, ".gitattributes"))) writeFileSync(join(folder, ".gitattributes"), ATTRIBUTES);
};
