import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const FIT_NAMES = ["fits", "tight", "over"];

/** Sheets by the name that they are imported under, in each component. */
const imports = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".tsx"))
  .flatMap((file) => {
    const text = readFileSync(join("src", file), "utf8");
    return [...text.matchAll(/^import (\w+) from "([^"]+\.module\.css)";$/gm)].map(([, name = "", path = ""]) => {
      const sheet = path.startsWith("#") ? join("src", path.slice(1)) : join("src", dirname(file), path);
      const classes = new Set(
        [...readFileSync(sheet, "utf8").matchAll(/\.([A-Za-z_][\w-]*)/g)].map(([, each = ""]) => each),
      );
      return { file, text, name, classes };
    });
  });

test("every class that a component names stands in its sheet", () => {
  const missing = imports.flatMap(({ file, text, name, classes }) =>
    [...text.replaceAll(/^import .*$/gm, "").matchAll(new RegExp(String.raw`(?<![\w.])${name}\.(\w+)`, "g"))]
      .map(([, used = ""]) => used)
      .filter((used) => !classes.has(used))
      .map((used) => `${file}: ${name}.${used}`),
  );
  expect(imports.length).toBeGreaterThan(50);
  expect(missing).toEqual([]);
});

test("a sheet asked for how a method fits has all three words", () => {
  const asked = imports.filter(({ text, name }) =>
    new RegExp(String.raw`(?<![\w.])${name}\[(?:\w+\.)*fit\]`).test(text),
  );
  expect(asked.length).toBeGreaterThan(3);
  for (const { file, classes } of asked) expect([...classes], file).toEqual(expect.arrayContaining(FIT_NAMES));
});
