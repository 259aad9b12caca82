import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

type Manifest = Readonly<
  Partial<Record<"dependencies" | "devDependencies" | "scripts", Readonly<Record<string, string>>>>
>;
type Locked = Readonly<{ dev?: boolean; devOptional?: boolean }>;

const readJson = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(...path), "utf8"));

test("every direct dependency is of one exact version", () => {
  const direct = [".", "tools/lighthouse", "tools/docs"].flatMap((folder) => {
    const { dependencies, devDependencies } = readJson(folder, "package.json") as Manifest;
    return Object.entries({ ...dependencies, ...devDependencies });
  });
  expect(direct.length).toBeGreaterThan(20);
  expect(direct.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test("nothing that ships runs a script when it is installed", () => {
  const { packages } = readJson("package-lock.json") as { packages: Record<string, Locked> };
  const shipped = Object.entries(packages)
    .filter(([folder, { dev, devOptional }]) => folder !== "" && dev !== true && devOptional !== true)
    .map(([folder]) => folder)
    .filter((folder) => existsSync(join(folder, "package.json")));
  expect(shipped.length).toBeGreaterThan(10);
  const running = shipped.filter((folder) => {
    const { scripts = {} } = readJson(folder, "package.json") as Manifest;
    // npm builds what has this file, without a word in its manifest.
    if (existsSync(join(folder, "binding.gyp"))) return true;
    return ["preinstall", "install", "postinstall"].some((name) => name in scripts);
  });
  expect(running).toEqual([]);
});
