import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { Plain } from "#interop/import/source.ts";

/** The texts of golden files with these endings. */
export const goldenTexts = (endings: RegExp): readonly string[] =>
  ["imports", "imports-text/files"].flatMap((folder) => {
    const path = fileURLToPath(new URL(`../../../golden/${folder}/`, import.meta.url));
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && endings.test(entry.name))
      .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8"));
  });

type Section = Readonly<{ [name: string]: Plain }>;

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,11}$/).filter((text) => text !== "__proto__");
/** What a text file can hold. */
const text = fc.string({ unit: "grapheme", maxLength: 20 }).filter((each) => !/[\0\uFFFD\r\uFEFF]/.test(each));
// There is one zero in a file of settings.
const number = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((value) => (value === 0 ? 0 : value));
const scalar = fc.oneof(text, number, fc.boolean());

/** Settings in sections, without what one of the formats has no word for (null). */
export const anySettings: fc.Arbitrary<Section> = fc
  .tuple(
    fc.dictionary(name, fc.oneof(scalar, fc.array(scalar, { maxLength: 4 })), { minKeys: 1, maxKeys: 6 }),
    fc.dictionary(name, fc.dictionary(name, scalar, { minKeys: 1, maxKeys: 4 }), { maxKeys: 3 }),
  )
  .map(([plain, sections]) => ({ ...plain, ...sections }));

/** The paths and values of settings. */
export const flat = (settings: Section): Readonly<Record<string, Plain>> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([outer, value]) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.entries(value).map(([inner, inside]) => [`${outer}.${inner}`, inside])
        : [[outer, value]],
    ),
  );

/** A real file in which lines go, come twice, change their places, or have something put into them. */
export const changedFile = (files: readonly string[], pieces: readonly string[]): fc.Arbitrary<string> => {
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
