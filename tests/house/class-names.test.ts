import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readdirSync, readFileSync } from "node:fs";
import { shortClassNames } from "../../tools/build/class-names.mjs";

const SHEET = join("src", "ui", "Button.module.css");

const sheets = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".module.css"));

describe("names of classes in the built page", () => {
  const nameOf = shortClassNames("src");

  test("have two characters, and each class of each sheet one of its own", () => {
    const names = sheets.flatMap((sheet) => {
      const file = join("src", sheet);
      const classes = new Set(
        [...readFileSync(file, "utf8").matchAll(/^\.([A-Za-z_][\w-]*)/gm)].map(([, each = ""]) => each),
      );
      return [...classes].map((each) => nameOf(each, file));
    });
    expect(names.length).toBeGreaterThan(200);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[b-zB-Z][A-Za-z0-9]$/.test(name))).toEqual([]);
  });

  test("are the same for who asks again, whatever was asked before", () => {
    const first = nameOf("button", SHEET);
    expect(shortClassNames("src")("button", SHEET)).toBe(first);
  });

  test("are not made up for what no sheet has", () => {
    expect(() => nameOf("nowhere", SHEET)).toThrow("no class of this name");
  });
});
