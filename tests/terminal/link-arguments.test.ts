import { expect, it } from "vitest";
import { parseArguments } from "../../tools/terminal/link-arguments.ts";

it.each([
  [["?v=1"], { json: false, help: false, links: ["?v=1"] }],
  [["--json", "?v=1", "-"], { json: true, help: false, links: ["?v=1", "-"] }],
  [["?v=1", "--json"], { json: true, help: false, links: ["?v=1"] }],
  [["--", "--json"], { json: false, help: false, links: ["--json"] }],
  [["-h"], { json: false, help: true, links: [] }],
  [[], { json: false, help: false, links: [] }],
  [["--jsno", "?v=1"], { unknownOption: "--jsno" }],
  [["--constructor"], { unknownOption: "--constructor" }],
])("%j asks for %j", (args, expected) => expect(parseArguments(args)).toEqual(expected));
