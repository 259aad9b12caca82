import type { GivenFile, SourceField } from "#interop/import/read-fields.ts";

/** Packages whose versions decide memory, by their names on PyPI. */
const PACKAGES = [
  "trl",
  "transformers",
  "unsloth",
  "torch",
  "axolotl",
  "llamafactory",
  "torchtune",
  "litgpt",
  "deepspeed",
  "torchtitan",
] as const;
export type PackageName = (typeof PACKAGES)[number];

/** Versions that texts name, each where it stands: the path of the field is the package, its value the version. */
export type NamedVersions = ReadonlyMap<PackageName, SourceField & Readonly<{ value: string }>>;

const NUMBER = String.raw`v?(\d{1,4}\.\d{1,3}(?:\.\d{1,4}){0,2})`;
/** A bound, and not the version that was run. */
const NO_BOUND = String.raw`(?![\w.]*[ \t]*(?:\+(?!\w)|or (?:later|newer|above|higher)|and (?:later|newer|above|up)|to \d))`;
const NAMES = PACKAGES.join("|");

/** `trl==0.17.0`, `trl=0.17.0`, `TRL version: 0.17.0`, "trl 0.17.0" of a list of packages, and the folder of what is installed: `trl-0.17.0.dist-info`. */
const NAMED = new RegExp(
  String.raw`(?<![\w./-])(${NAMES})(?:\[[\w,]{0,80}\])?[\x60"'*]{0,3}(?:[ \t]{1,4}version)?[\x60"'*]{0,3}[ \t]{0,40}(?:===?|~=|=|:|@|[ \t])[ \t]{0,4}[\x60"']{0,2}${NUMBER}${NO_BOUND}`,
  "gi",
);
const INSTALLED = new RegExp(String.raw`(?<=[\\/])(${NAMES})-${NUMBER}(?:\+[\w.]{1,20})?\.(?:dist|egg)-info`, "gi");

/** Of a longer text this much is searched at its beginning: what was installed is said before what was run. */
const MOST_CHARACTERS = 2 ** 20;

const lineAt = (text: string, index: number): number => text.slice(0, index).split("\n").length;

const isPackage = (name: string): name is PackageName => (PACKAGES as readonly string[]).includes(name);

/** The first version that texts name of each package. What a text names is taken as it is: nothing says that it was the one that ran. */
export const namedVersions = (files: readonly GivenFile[]): NamedVersions => {
  const found = new Map<PackageName, SourceField & Readonly<{ value: string }>>();
  for (const { name: file, text: whole } of files) {
    const text = whole.slice(0, MOST_CHARACTERS);
    for (const match of [...text.matchAll(NAMED), ...text.matchAll(INSTALLED)]) {
      const [, named = "", value = ""] = match;
      const path = named.toLowerCase();
      if (isPackage(path) && !found.has(path)) found.set(path, { file, path, value, line: lineAt(text, match.index) });
    }
  }
  return found;
};

/** A requirement, or a line of a list of packages: `trl==0.17.0`, `trl[peft]>=0.12,<0.13`, `trl  0.17.0`. */
const PACKAGE =
  /^[A-Za-z][\w.-]{0,80}(?:\[[\w,-]{0,80}\])?\s{0,80}(?:(?:[=<>~!]=?=?\s{0,4}[\w.*+!-]{1,40}[,\s]{0,4}){0,4}|\s[\w.+!-]{1,40})(?:;.{0,200})?$/;

/** A line that sets nothing of a training: empty, a comment, an option of pip, the head of a list of packages. */
const ASIDE = /^(?:#.*|--?[\w-]{1,40}.*|Package\s{1,80}Version|)$/;

const MOST_LINES = 2000;

const isEnvironment = (file: GivenFile): boolean => {
  const lines = file.text.split("\n", MOST_LINES).map((line) => line.trim());
  return lines.every((line) => ASIDE.test(line) || PACKAGE.test(line)) && namedVersions([file]).size > 0;
};

/** Files without those that list installed packages alone (`requirements.txt`, what `pip list` prints): they say versions, and no run. All of them where nothing else is there. */
export const withoutEnvironment = (files: readonly GivenFile[]): readonly GivenFile[] => {
  const others = files.filter((file) => !isEnvironment(file));
  return others.length === 0 ? files : others;
};
