import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import { type MemoryTable, tableCsv, tableMarkdown } from "#interop/memory-table.ts";
import { tried } from "../tried.ts";

const TABLE: MemoryTable = {
  scenario: "Llama 3.1 8B, q, v r = 16, on RTX 4090",
  link: "https://example.org/headroom/?v=1&targets=q-v",
  date: "2026-11-26",
  methods: ["LoRA", "QLoRA"],
  rows: [
    { label: "Base weights", bytes: [15 * GIB, 7.25 * GIB] },
    { label: "Gradients", bytes: [0, 1] },
    { label: "To spare", bytes: [-1.5 * GIB, 2 * GIB] },
  ],
};

describe("the table as CSV", () => {
  it("has GiB and bytes of every term, then scenario, link and date; what holds a comma is quoted", () => {
    expect(tableCsv(TABLE).split("\r\n")).toEqual([
      "Part,LoRA GiB,QLoRA GiB,LoRA bytes,QLoRA bytes",
      "Base weights,15.0000,7.2500,16106127360,7784628224",
      "Gradients,0.0000,0.0000,0,1",
      "To spare,-1.5000,2.0000,-1610612736,2147483648",
      'Scenario,"Llama 3.1 8B, q, v r = 16, on RTX 4090"',
      "Link,https://example.org/headroom/?v=1&targets=q-v",
      "Date,2026-11-26",
      "",
    ]);
  });

  it("never gives a spreadsheet a formula to run", () => {
    const lines = tableCsv({ ...TABLE, scenario: '=HYPERLINK("x")' }).split("\r\n");
    expect(lines).toContain(`Scenario,"'=HYPERLINK(""x"")"`);
  });
});

it.each(["=", "+", "@", "\t", "\r"])("a cell that begins with %j is text in a spreadsheet", (sign) => {
  expect(tableCsv({ ...TABLE, date: `${sign}1` })).toContain(`'${sign}1`);
  expect(tableCsv({ ...TABLE, date: `1${sign}` })).not.toContain("'");
});

/** The records of a CSV file, as RFC 4180 has it: what stands in quotes may hold commas, ends of lines, and quotes written twice. */
const recordsOf = (csv: string): readonly (readonly string[])[] => {
  const records: string[][] = [];
  let cells: string[] = [];
  for (const [, quoted, plain = "", end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ",") continue;
    records.push(cells);
    cells = [];
  }
  return records;
};

/** An apostrophe before a sign is what the file itself writes. */
const word = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.array(fc.constantFrom(..."=+-@,;'\"\t\r\n 1".split("")), { maxLength: 8 }).map((signs) => signs.join("")),
  )
  .filter((text) => !text.startsWith("'"));
const anyTable: fc.Arbitrary<MemoryTable> = fc.array(word, { minLength: 1, maxLength: 3 }).chain((methods) =>
  fc.record({
    scenario: word,
    link: fc.webUrl(),
    date: word,
    methods: fc.constant(methods),
    rows: fc.array(
      fc.record({
        label: word,
        bytes: fc.array(fc.maxSafeInteger(), { minLength: methods.length, maxLength: methods.length }),
      }),
      { maxLength: 5 },
    ),
  }),
);

tried(
  "whatever a table holds, its CSV has every cell of it, and none that runs",
  { quick: 100, thorough: 2000 },
  (runs) => {
    fc.assert(
      fc.property(anyTable, (table) => {
        const records = recordsOf(tableCsv(table));
        const asText = (cell: string): string => cell.replace(/^'(?=[=+@\t\r-])/, "");
        expect(records.flat().filter((cell) => /^[=+@\t\r]|^-(?![\d.]+$)/.test(cell))).toEqual([]);
        expect(records.map((cells) => asText(cells[0] ?? ""))).toEqual([
          "Part",
          ...table.rows.map(({ label }) => label),
          "Scenario",
          "Link",
          "Date",
        ]);
        expect(records.slice(1, -3).map((cells) => cells.slice(1 + table.methods.length).map(Number))).toEqual(
          table.rows.map(({ bytes }) => bytes),
        );
        expect(records.slice(-3).map((cells) => asText(cells[1] ?? ""))).toEqual([
          table.scenario,
          table.link,
          table.date,
        ]);
      }),
      runs,
    );
  },
);

describe("the table in Markdown", () => {
  it("has GiB as the page writes them, and the link to the scenario", () => {
    expect(tableMarkdown(TABLE).split("\n")).toEqual([
      "| GiB per GPU | LoRA | QLoRA |",
      "| --- | ---: | ---: |",
      "| Base weights | 15.0 | 7.3 |",
      "| Gradients | – | <\u00a00.1 |",
      "| To spare | −1.5 | 2.0 |",
      "",
      "[Llama 3.1 8B, q, v r = 16, on RTX 4090](https://example.org/headroom/?v=1&targets=q-v), 2026-11-26",
      "",
    ]);
  });

  it("says of what is missing that it is less than nothing, however little it is", () => {
    expect(tableMarkdown({ ...TABLE, rows: [{ label: "To spare", bytes: [-1, -0.5 * GIB] }] })).toContain(
      "| To spare | >\u00a0−0.1 | −0.5 |",
    );
  });

  it("keeps the brackets of a link from ending it", () => {
    expect(tableMarkdown({ ...TABLE, link: "https://example.org/(a)(b)" })).toContain(
      "](https://example.org/%28a%29%28b%29), ",
    );
  });

  it("keeps a name from being read as markup", () => {
    expect(tableMarkdown({ ...TABLE, scenario: "Custom [x](y) <b>" })).toContain(String.raw`[Custom \[x\](y) \<b\>](`);
  });
});
