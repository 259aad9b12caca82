import { Readable } from "node:stream";
import { expect, test, describe } from "vitest";
import { main as importMain } from "#package/commands/import.ts";
import { HOSTILE_FILES } from "../../interop/import/hostile-tools.ts";
import { importText } from "../../interop/import/import-text.ts";
import { runCheck } from "../check/run-check.ts";
import { madeOutOfMemory, madeRow } from "../../interop/measured/made-row.ts";
import { inFiles } from "../../terminal/in-files.ts";
import { runCommand } from "./run-command.ts";

/** A figure of memory. */
const FIGURE = /\d+\.\d (?:GiB|needed|usable)|\bfits\b/;

test("there are at least 40 of them", () => {
  expect(HOSTILE_FILES.length).toBeGreaterThanOrEqual(40);
});

test.each(HOSTILE_FILES)("$name of $says is refused, and gives no figure", async ({ name, text, says }) => {
  const imported = importText(text);
  expect(imported).toMatchObject({ kind: "refused", refusals: [{ reason: "not-known" }] });
  const sentence = imported.kind === "refused" ? imported.refusals[0]?.sentence : "";
  expect(sentence).toContain(says);
  expect(sentence).toMatch(/^Headroom does not estimate .+ yet: .+\.$/);

  const plain = await runCheck({ [name]: text }, name, "--gpu", "h200-sxm");
  expect(plain.code).toBe(3);
  expect(plain.text).toContain(says);
  expect(plain.text).not.toMatch(FIGURE);

  const complaints: string[] = [];
  const printed: string[] = [];
  const code = await importMain({
    args: ["-"],
    input: () => Readable.from([text]),
    print: (line) => printed.push(line),
    complain: (line) => complaints.push(line),
    program: "headroom",
  });
  expect(code).toBe(2);
  expect(printed).toEqual([]);
  expect(complaints.join("\n")).toContain(says);
});

/** What the command makes of texts in files, or of one on standard input. */
const importOf = async (...texts: readonly string[]) => {
  const { code, printed, complaints } = await inFiles(texts, (args) => runCommand(importMain, args));
  return { code, printed, said: complaints.join("\n") };
};

describe("a measured row at a terminal", () => {
  test("is the link of the scenario that was measured, and what was measured on standard error", async () => {
    const row = madeRow({ link: "?v=1&method=qlora&seq=4096" });
    expect(await importOf(`Loading\n${JSON.stringify(row)}\n`)).toEqual({
      code: 0,
      printed: ["?v=1&method=qlora&seq=4096"],
      said: "Measured row of 2026-11-14T06:00:00Z on NVIDIA GeForce RTX 4090: 18.9 GiB allocated, 20.1 GiB reserved.",
    });
  });

  test("says that memory ran out, or that no card was measured", async () => {
    expect((await importOf(JSON.stringify(madeOutOfMemory()))).said).toMatch(/: out of memory, 21\.9 GiB allocated, /);
    const cpu = madeRow({ device: null, peakBytes: null, reservedBytes: null });
    expect((await importOf(JSON.stringify(cpu))).said).toMatch(/ on a CPU: it ran, without a figure of a card\.$/);
  });

  test("has no sign in its sentence that a terminal obeys", async () => {
    const refused = await importOf(JSON.stringify({ ...madeRow(), outcome: "\u001B[2J\u202E" }));
    expect(refused.said).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const files = await importOf('base_model: "a/\\n\\e[2J"\nadapter: lora\n"lora\\e": 3\n');
    expect(files.said).toContain("a/");
    expect(files.said).not.toMatch(/(?!\n)\p{Cc}|^[^ ]*\[2J/mu);
  });

  test("that is none is refused with its file and the field, and no link", async () => {
    const { code, printed, said } = await importOf(JSON.stringify({ ...madeRow(), outcome: "maybe" }));
    expect([code, printed]).toEqual([2, []]);
    expect(said).toBe('0.jsonl: In the measured row outcome is "maybe", not ran or out-of-memory.');
  });
});
