import { expect, it } from "vitest";
import { parseArguments } from "#package/commands/link-arguments.ts";

it.each([
  [["?v=1"], { json: false, help: false, explain: false, links: ["?v=1"] }],
  [["--json", "?v=1", "-"], { json: true, help: false, explain: false, links: ["?v=1", "-"] }],
  [["?v=1", "--json"], { json: true, help: false, explain: false, links: ["?v=1"] }],
  [["--", "--json"], { json: false, help: false, explain: false, links: ["--json"] }],
  [["--explain", "?v=1"], { json: false, help: false, explain: true, links: ["?v=1"] }],
  [["-h"], { json: false, help: true, explain: false, links: [] }],
  [[], { json: false, help: false, explain: false, links: [] }],
  [["--jsno", "?v=1"], { unknownOption: "--jsno" }],
  [["--constructor"], { unknownOption: "--constructor" }],
])("%j asks for %j", (args, expected) => expect(parseArguments(args)).toEqual(expected));
