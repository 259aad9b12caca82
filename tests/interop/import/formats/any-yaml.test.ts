import fc from "fast-check";
import { describe, expect } from "vitest";
import { stringify } from "yaml";
import { tried } from "../../../tried.ts";
import { answers } from "../answers.ts";
import { fieldsOf, placesOf } from "../import-text.ts";
import { anySettings, changedFile, flat, goldenTexts } from "./any-settings.ts";

const TIMES = { quick: 40, thorough: 2000 };

const PIECES = [
  ..."-?:,[]{}#&*!|>'\"%@` \t".split(""),
  "&a ",
  "*a",
  "<<: *a",
  "|\n  x",
  ">-\n",
  "---\n",
  "...",
  "!!python/object:os.system ",
  "!!binary ",
  "? ",
  "yes",
  "1_0",
  ".inf",
  "0o17",
  "2024-01-02",
  "\u2028",
  "😀",
];

describe("YAML", () => {
  tried("of whatever settings is read with all of them, each at its line", TIMES, (runs) => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        // As PyYAML would have to write it.
        const text = stringify(settings, { version: "1.1" });
        expect(fieldsOf(text)).toEqual(flat(settings));
        const lines = text.split("\n");
        for (const [path, line] of Object.entries(placesOf(text)))
          expect(lines[line - 1]).toContain(path.split(".").at(-1));
      }),
      runs,
    );
  });

  tried("that somebody spoiled ends in a link or a sentence", TIMES, (runs) => {
    fc.assert(
      fc.property(changedFile(goldenTexts(/\.ya?ml$/), PIECES), (text) => answers(text)),
      runs,
    );
  });
});
