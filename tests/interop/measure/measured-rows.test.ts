import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import {
  importMeasuredRow,
  measuredRows,
  isMeasuredRow,
  readMeasuredRow,
  readRowValue,
} from "#interop/measure/measured-rows.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { madeRow, madeOutOfMemory } from "../measured/made-row.ts";
import fc from "fast-check";
import { tried } from "../../tried.ts";

const given = (own: object = {}, name = "row.json") => ({ name, text: JSON.stringify({ ...madeRow(), ...own }) });
const imported = (...files: readonly ReturnType<typeof given>[]) => importMeasuredRow(files, FULL_CATALOG);

describe("a measured row that is brought", () => {
  test("comes with the choices of its link, whose method is the one that was measured", () => {
    const found = imported(given({ link: "?v=1&model=qwen2.5-7b&method=qlora&batch=2" }));
    if (found?.kind !== "measured") throw new Error("It is a row.");
    expect(encodeLink(found.choices)).toBe("?v=1&model=qwen2.5-7b&method=qlora&batch=2");
    expect(found.row.peakBytes).toBe(madeRow().peakBytes);
  });

  test("is not looked for in other files, and not read beside them", () => {
    const other = { name: "train.yaml", text: "lora_r: 8\n" };
    expect(imported(other)).toBeNull();
    expect(imported()).toBeNull();
    expect(imported(other, given())).toEqual({
      kind: "refused",
      refusals: [
        { file: "row.json", line: null, sentence: "A measured row is read alone, and nothing else was read with it." },
      ],
    });
  });

  test("is refused where its link names another scenario than it could be taken for", () => {
    const sentences = (link: string): string => {
      const found = imported(given({ link }));
      return found?.kind === "refused" ? found.refusals.map(({ sentence }) => sentence).join(" ") : "";
    };
    expect(sentences("?v=1&batch=0")).toMatch(/^The link of the measured row: batch=0 is below 1/);
    expect(sentences("?v=1&model=nobody-knows")).toMatch(/^The link of the measured row: model=nobody-knows/);
    expect(sentences("?v=1&made_up=2")).toMatch(/^The link of the measured row: .*made_up/);
    expect(imported(given({ steps: "3" }))).toMatchObject({ kind: "refused", refusals: [{ file: "row.json" }] });
  });
});

test("rows that were kept come with their scenarios, and null for each that is none any more", () => {
  const [first, second, third, fourth] = measuredRows(
    [madeRow(), { ...madeRow(), headroom: 7 }, { ...madeRow(), link: "?v=1&model=gone" }, null],
    FULL_CATALOG,
  );
  expect(first?.row).toEqual(madeRow());
  expect([second, third, fourth]).toEqual([null, null, null]);
});

const text = (value: object): string => JSON.stringify(value);

/** Why a row is refused that is as made but for this. */
const refusal = (own: object): string => {
  const read = readMeasuredRow(text({ ...madeRow(), ...own }));
  return "sentence" in read ? read.sentence : "it is read";
};

describe("a measured row", () => {
  test("is read as it is, in one line or in many, and after a byte order mark", () => {
    for (const row of [madeRow(), madeOutOfMemory(), madeRow({ device: null, peakBytes: null, moments: [] })]) {
      expect(readMeasuredRow(text(row))).toEqual(row);
      expect(readMeasuredRow(`\uFEFF${JSON.stringify(row, null, 2)}\n`)).toEqual(row);
    }
  });

  test("is found among what else a terminal shows", () => {
    const shown = `Loading checkpoint shards: 100%\n{"not": "it"}\n${text(madeRow())}\nBye\r\n`;
    expect(isMeasuredRow(shown)).toBe(true);
    expect(readMeasuredRow(shown)).toEqual(madeRow());
  });

  test("keeps fields that are not known here, as those of several GPUs", () => {
    expect(readMeasuredRow(text({ ...madeRow(), ranks: [1, 2] }))).toEqual({ ...madeRow(), ranks: [1, 2] });
  });

  test("is no config.json, no file of a tool and no text that only names it", () => {
    for (const other of [
      '{ "model_type": "llama" }',
      '{ "note": "\\"headroom\\": 1" }',
      "headroom: 1",
      'see "headroom": 1 there',
      "",
      "[1]",
      "null",
    ])
      expect(isMeasuredRow(other), other).toBe(false);
  });
});

describe("a bad row is refused with a sentence that names the field", () => {
  test.each([
    [{ headroom: 2 }, "In the measured row headroom is 2, not 1, the form that is read here."],
    [{ link: "https://x" }, 'In the measured row link is "https://x", not a link from its ?v= on.'],
    [{ link: undefined }, "In the measured row link is missing."],
    [{ at: "yesterday" }, 'In the measured row at is "yesterday", not a time in UTC such as 2026-11-29T06:00:00Z.'],
    [{ at: "2026-13-01T00:00:00Z" }, /^In the measured row at is "2026-13-01T00:00:00Z", not a time in UTC/],
    [{ outcome: "crashed" }, 'In the measured row outcome is "crashed", not ran or out-of-memory.'],
    [{ failedAt: "lunch" }, /^In the measured row failedAt is "lunch", not load, forward, backward, step or zero/],
    [{ message: 7 }, "In the measured row message is 7, not a text."],
    [{ device: { name: "L4" } }, "In the measured row device.totalBytes is missing."],
    [
      { device: { name: "L4", totalBytes: 0.5 } },
      "In the measured row device.totalBytes is 0.5, not a whole number of bytes.",
    ],
    [
      { device: { name: "L4\n\u202Eevil", totalBytes: 1 } },
      'In the measured row device.name is "L4\\n\uFFFDevil", not a text without control signs.',
    ],
    [{ driver: "580\u001B[2J" }, /^In the measured row driver is "580.*, not a text without control signs\.$/],
    [{ versions: { "to\nrch": "2" } }, /not a text without control signs\.$/],
    [{ versions: { torch: 2 } }, "In the measured row versions.torch is 2, not a text."],
    [{ steps: -3 }, "In the measured row steps is -3, not a count."],
    [{ moments: {} }, "In the measured row moments is {}, not a list of moments."],
    [
      {
        moments: [
          { id: "load", liveBytes: 1, peakBytes: 1 },
          { id: "forward", liveBytes: "2", peakBytes: 1 },
        ],
      },
      'In the measured row moments[1].liveBytes is "2", not a whole number of bytes or null.',
    ],
    [{ moments: [madeRow().moments[0], madeRow().moments[0]] }, /moments is .* not a list with each moment once\.$/],
    [{ peakBytes: 1e300 }, "In the measured row peakBytes is 1e+300, not a whole number of bytes or null."],
    [{ reservedBytes: undefined }, "In the measured row reservedBytes is missing."],
    [{ contextBytes: -1 }, "In the measured row contextBytes is -1, not a whole number of bytes or null."],
  ] as const)("%o", (own, sentence) => {
    expect(refusal(own)).toEqual(sentence instanceof RegExp ? expect.stringMatching(sentence) : sentence);
  });

  test("and so is one that is cut off, several at once, or one of endless length", () => {
    const whole = text(madeRow());
    expect(readMeasuredRow(whole.slice(0, 200))).toEqual({
      sentence: "The measured row is no whole JSON object: it may be cut off.",
    });
    expect(readMeasuredRow(`${whole}\n${whole}`)).toEqual({
      sentence: "There are 2 measured rows in it: one is read at once.",
    });
    expect(readMeasuredRow(`{"headroom": 1, "x": "${"x".repeat(100_000)}"}`)).toEqual({
      sentence: "The measured row has more than 100,000 characters.",
    });
    expect(readMeasuredRow("{}")).toEqual({ sentence: "There is no measured row in it." });
  });
});

test("what is nested without end is refused, whatever field it is, and by whoever has it as an object", () => {
  const nested = `${"[".repeat(40_000)}${"]".repeat(40_000)}`;
  const sentence = "The measured row has objects or lists in more than 10 levels.";
  for (const field of ["driver", "x"]) {
    const row = text({ ...madeRow(), [field]: 0 }).replace(`"${field}":0`, `"${field}":${nested}`);
    expect(readMeasuredRow(row)).toEqual({ sentence });
    expect(readRowValue(JSON.parse(row))).toEqual({ sentence });
  }
});

tried("whatever a text is, it is read or refused with a sentence", { quick: 100, thorough: 5000 }, (runs) => {
  fc.assert(
    fc.property(fc.string(), (any) => {
      const read = readMeasuredRow(any);
      expect("sentence" in read && read.sentence !== "").toBe(true);
    }),
    runs,
  );
});

tried("whatever a field is, the row is read or refused in its name", { quick: 100, thorough: 5000 }, (runs) => {
  const fields = Object.keys(madeRow()).filter((field) => field !== "headroom");
  fc.assert(
    fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => {
      const read = readMeasuredRow(text({ ...madeRow(), [field]: value }));
      if ("sentence" in read) expect(read.sentence).toContain(field);
      else expect(Object.keys(read)).toEqual(Object.keys(madeRow()));
    }),
    runs,
  );
});
