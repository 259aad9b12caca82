import fc from "fast-check";
import { stringify } from "smol-toml";
import { describe, expect } from "vitest";
import { tried } from "../../../tried.ts";
import { answers } from "../answers.ts";
import { fieldsOf, placesOf } from "../import-text.ts";
import { anySettings, changedFile, flat, goldenTexts } from "./any-settings.ts";

const TIMES = { quick: 40, thorough: 2000 };

const PIECES = [
  ..."=.,[]{}#'\"\\ \t".split(""),
  '"""',
  "'''",
  "[[a]]\n",
  "[model]\n",
  "[a.b]",
  "a.b = ",
  "inf",
  "nan",
  "1e999",
  "0x1F",
  "1_0",
  "99999999999999999999",
  "1979-05-27T07:32:00Z",
  "true",
  "{ a = 1 }",
  "\\u0000",
  "\u2028",
  "😀",
];

describe("TOML", () => {
  tried("of whatever settings is read with all of them, each at its line", TIMES, (runs) => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const text = stringify(settings);
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
      fc.property(changedFile(goldenTexts(/\.toml$/), PIECES), (text) => answers(text)),
      runs,
    );
  });
});
