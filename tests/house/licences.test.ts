import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";

const SHIPPED = ["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"];
/** Development tools may be more, as long as nothing of theirs ends up in dist. */
const DEVELOPMENT = [...SHIPPED, "MPL-2.0", "MIT-0", "BlueOak-1.0.0", "CC0-1.0", "BSD"];

type LockedPackage = Readonly<{ dev?: boolean; devOptional?: boolean; license?: string }>;
type DirectDependencies = Readonly<
  Partial<Record<"dependencies" | "devDependencies", Readonly<Record<string, string>>>>
>;
type Manifest = Readonly<{ license?: string }>;

/** What a package.json says in the old way, as `licenses`, which no lock file repeats. */
const STATED_OTHERWISE: Readonly<Record<string, string>> = { "parse-cache-control": "BSD" };

/** Lighthouse and VitePress are installed apart, each by the one command that needs it. */
const FOLDERS = [".", join("tools", "lighthouse"), join("tools", "docs")];

const readJson = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(...path), "utf8"));

/** All that the lock files name, by the folder that it is installed in. */
const LOCKED = FOLDERS.flatMap((folder) => {
  const { packages } = readJson(folder, "package-lock.json") as { packages: Record<string, LockedPackage> };
  return Object.entries(packages).flatMap(([path, locked]) =>
    path === "" ? [] : [[join(folder, path), locked] as const],
  );
});

/** The licence that the installed package states, or the lock file's where it is not installed (another system's binary). */
const licenceOf = (folder: string, locked: LockedPackage): string => {
  const path = join(folder, "package.json");
  const { license } = existsSync(path) ? (readJson(path) as Manifest) : {};
  return license ?? locked.license ?? STATED_OTHERWISE[basename(folder)] ?? "none stated";
};

const outside = (permitted: readonly string[], isAsked: (locked: LockedPackage) => boolean): readonly string[] =>
  LOCKED.filter(([, locked]) => isAsked(locked))
    .map(([folder, locked]) => ({ folder, licence: licenceOf(folder, locked) }))
    .filter(({ licence }) => !licence.split(" AND ").every((part) => permitted.includes(part)))
    .map(({ folder, licence }) => `${folder}: ${licence}`);

const isDevelopment = ({ dev, devOptional }: LockedPackage): boolean => dev === true || devOptional === true;

test("what ships is MIT, ISC, BSD or Apache, through all its dependencies", () => {
  expect(outside(SHIPPED, (locked) => !isDevelopment(locked))).toEqual([]);
});

test("development tools carry no licence that reaches into what they build", () => {
  expect(outside(DEVELOPMENT, isDevelopment)).toEqual([]);
});

test("docs/dependencies.md gives a reason for every direct dependency", () => {
  const direct = FOLDERS.flatMap((folder) => {
    const { dependencies, devDependencies } = readJson(folder, "package.json") as DirectDependencies;
    return Object.keys({ ...dependencies, ...devDependencies });
  });
  const text = readFileSync(join("docs", "dependencies.md"), "utf8");
  const missing = direct.filter((name) => !text.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
