import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect } from "vitest";
import type { PlainValue } from "#interop/import/source-fields.ts";
import { tried } from "../../../tried.ts";
import { answers } from "../answers.ts";
import { fieldsOf, placesOf } from "../import-text.ts";

const TIMES = { quick: 40, thorough: 2000 };

/** The texts of golden files with these endings. */
const goldenTexts = (endings: RegExp): readonly string[] =>
  ["imports", "imports-text/files"].flatMap((folder) => {
    const path = fileURLToPath(new URL(`../../../golden/${folder}/`, import.meta.url));
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && endings.test(entry.name))
      .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8"));
  });

type Section = Readonly<{ [name: string]: PlainValue }>;

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,11}$/).filter((text) => text !== "__proto__");
/** What a text file can hold. */
const text = fc.string({ unit: "grapheme", maxLength: 20 }).filter((each) => !/[\0\uFFFD\r\uFEFF]/.test(each));
// There is one zero in a file of settings.
const number = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((value) => (value === 0 ? 0 : value));
const scalar = fc.oneof(text, number, fc.boolean());

/** Settings in sections, without what one of the formats has no word for (null). */
const anySettings: fc.Arbitrary<Section> = fc
  .tuple(
    fc.dictionary(name, fc.oneof(scalar, fc.array(scalar, { maxLength: 4 })), { minKeys: 1, maxKeys: 6 }),
    fc.dictionary(name, fc.dictionary(name, scalar, { minKeys: 1, maxKeys: 4 }), { maxKeys: 3 }),
  )
  .map(([plain, sections]) => ({ ...plain, ...sections }));

/** The paths and values of settings. */
const flat = (settings: Section): Readonly<Record<string, PlainValue>> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([outer, value]) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.entries(value).map(([inner, inside]) => [`${outer}.${inner}`, inside])
        : [[outer, value]],
    ),
  );

/** A real file in which lines go, come twice, change their places, or have something put into them. */
const changedFile = (files: readonly string[], pieces: readonly string[]): fc.Arbitrary<string> => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    kind: fc.constantFrom("drop", "twice", "swap", "insert"),
    piece: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 12 })),
    column: fc.nat(40),
  });
  return fc
    .tuple(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 6 }))
    .map(([file, changes]) => {
      const lines = file.split("\n");
      for (const { at, kind, piece, column } of changes) {
        const index = Math.floor(at * lines.length);
        const line = lines[index] ?? "";
        const put = line.slice(0, column) + piece + line.slice(column);
        const made = { drop: [], twice: [line, line], swap: [lines[index + 1] ?? "", line], insert: [put] }[kind];
        lines.splice(index, kind === "swap" ? 2 : 1, ...made);
      }
      return lines.join("\n");
    });
};

/** A format of settings: how a program writes it, which files are of it, and what somebody may put into one. */
type Format = Readonly<{ write: (settings: Section) => string; endings: RegExp; pieces: readonly string[] }>;

/** What holds for whatever is written in a format. */
export const holdsFor = ({ write, endings, pieces }: Format): void => {
  tried("of whatever settings is read with all of them, each at its line", TIMES, (runs) => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const written = write(settings);
        expect(fieldsOf(written)).toEqual(flat(settings));
        const lines = written.split("\n");
        for (const [path, line] of Object.entries(placesOf(written)))
          expect(lines[line - 1]).toContain(path.split(".").at(-1));
      }),
      runs,
    );
  });

  tried("that somebody spoiled ends in a link or a sentence", TIMES, (runs) => {
    fc.assert(
      fc.property(changedFile(goldenTexts(endings), pieces), (changed) => answers(changed)),
      runs,
    );
  });
};
