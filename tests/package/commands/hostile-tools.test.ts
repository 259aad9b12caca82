import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { main as importMain } from "#package/commands/import.ts";
import { HOSTILE_FILES } from "../../interop/import/hostile-tools.ts";
import { importText } from "../../interop/import/import-text.ts";
import { runCheck } from "../check/run-check.ts";

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
