import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SHIPPED = ["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"];
/** Development tools may be more, as long as nothing of theirs ends up in dist. */
const DEVELOPMENT = [...SHIPPED, "MPL-2.0", "MIT-0", "BlueOak-1.0.0", "CC0-1.0", "BSD"];

type LockedPackage = Readonly<{ dev?: boolean; devOptional?: boolean; license?: string }>;
type Manifest = Readonly<{ license?: string; licenses?: readonly Readonly<{ type: string }>[] }>;

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, LockedPackage> };

/** The licence that the installed package states, or the lock file's where it is not installed (another system's binary). */
const licenceOf = (folder: string, locked: LockedPackage): string => {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return locked.license ?? "none stated";
  const { license, licenses } = JSON.parse(readFileSync(path, "utf8")) as Manifest;
  return license ?? licenses?.map(({ type }) => type).join(" AND ") ?? locked.license ?? "none stated";
};

const outside = (permitted: readonly string[], isAsked: (locked: LockedPackage) => boolean): readonly string[] =>
  Object.entries(lock.packages)
    .filter(([folder, locked]) => folder !== "" && isAsked(locked))
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
  const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const text = readFileSync(join("docs", "dependencies.md"), "utf8");
  const missing = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !text.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
