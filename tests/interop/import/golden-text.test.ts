import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { main } from "../../../tools/terminal/configs.ts";

const EXPECTED = fileURLToPath(new URL("../../golden/imports-text/expected.jsonl", import.meta.url));

test("every file of Unsloth, ms-swift, TRL, PEFT, torchtitan and config.json becomes what its row says", async () => {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const code = await main({ args: [EXPECTED], print, complain: print, input: () => Readable.from([]) });
  expect(lines.filter((line) => / is .*, not | was refused | is not mentioned/.test(line))).toEqual([]);
  expect(code).toBe(0);
});
