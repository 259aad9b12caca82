import { describe, expect, it } from "vitest";
import { asksForHelp, readArguments } from "#package/commands/command.ts";

const OPTIONS = { "--json": "flag", "--gpu": "value", "--page": "value" } as const;
const read = (args: readonly string[]) => {
  const given = readArguments(args, { name: "guess", options: OPTIONS });
  return typeof given === "string"
    ? given
    : [[...given.flags].join(), Object.fromEntries(given.values), given.rest.join(" ")];
};

describe("arguments", () => {
  it.each([
    [["?v=1"], ["", {}, "?v=1"]],
    [
      ["--json", "?v=1", "-"],
      ["--json", {}, "?v=1 -"],
    ],
    [
      ["a.yaml", "--gpu", "t4", "b.yaml"],
      ["", { "--gpu": "t4" }, "a.yaml b.yaml"],
    ],
    [
      ["--page=https://example.org/?a=b", "--gpu", "t4", "--gpu", "l4"],
      ["", { "--page": "https://example.org/?a=b", "--gpu": "l4" }, ""],
    ],
    [
      ["--gpu", "-"],
      ["", { "--gpu": "-" }, ""],
    ],
    [
      ["--json", "--", "--gpu", "-x", "--"],
      ["--json", {}, "--gpu -x --"],
    ],
    [[], ["", {}, ""]],
  ])("%j are read", (args, expected) => expect(read(args)).toEqual(expected));

  it.each([
    [["--jsno", "?v=1"], 'guess has no option "--jsno".'],
    [["-j"], 'guess has no option "-j".'],
    [["--constructor"], 'guess has no option "--constructor".'],
    [["--json=1"], "--json takes no value."],
    [["a.yaml", "--gpu"], "--gpu needs a value."],
    [["--gpu=", "t4"], "--gpu needs a value."],
    [["--gpu", "--json"], "--gpu needs a value."],
    [["--gpu", "--", "t4"], "--gpu needs a value."],
  ])("%j are refused: none is taken for another", (args, sentence) => expect(read(args)).toBe(sentence));

  it.each([
    [["--help"], true],
    [["--nonsense", "-h"], true],
    [["--", "--help"], false],
    [[], false],
  ])("%j ask for help: %s", (args, expected) => expect(asksForHelp(args)).toBe(expected));
});
