import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importMeasuredRow, measuredRows } from "#interop/measure/measured-rows.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { madeRow } from "./made-row.ts";

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
