import { expect, test } from "vitest";
import { estimate, exportFiles, importConfig } from "#package/api.ts";
import { headroom } from "#package/program.ts";
import { ALL_TOOLS } from "#package/mcp/server.ts";
import { askedOfAll, INHERITED, WATCHED } from "../inherited.ts";
import { runCommand } from "./commands/run-command.ts";

const COMMANDS = ["estimate", "advise", "check", "import", "export", "measure", "badge"];

/** A word as a command, as an option, as an option's value, as a link and as what stands before one. */
const commandLines = (word: string): readonly (readonly string[])[] => [
  [word],
  [`--${word}`],
  ...COMMANDS.flatMap((command) => [
    [command, word],
    [command, `--${word}`],
    [command, `--${word}=1`],
    [command, word, `?v=1&model=${word}`],
  ]),
  ["export", "trl", word],
  ...["--format", "--gpu", "--gpus", "--page"].map((option) => ["check", option, word, "-"]),
];

/** What an assistant may send: a word as each value, as a key, and as a field. */
const toolCalls = (word: string): readonly Readonly<Record<string, unknown>>[] => [
  { link: word },
  { link: `?v=1&model=${word}` },
  { keys: { model: word, [word]: word } },
  { [word]: word },
  { files: [{ name: word, text: word }] },
  { files: [{ name: "a", text: `${word}: 1\npeft_type: ${word}` }], keys: { gpu: word } },
];

const complaint = (run: () => unknown): string => {
  try {
    return JSON.stringify(run());
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as TypeError).message;
  }
};

const called = async (word: string): Promise<readonly string[]> => {
  const said: string[] = [];
  for (const args of commandLines(word)) {
    const { printed, complaints } = await runCommand(headroom("1.2.3"), args, "peft_type: LORA\nr: 4\n");
    said.push(...printed, ...complaints);
  }
  for (const { answer } of Object.values(ALL_TOOLS))
    for (const given of toolCalls(word)) said.push(complaint(() => answer(given)));
  return [
    ...said,
    complaint(() => estimate({ [word]: word, model: word, targets: [word] })),
    complaint(() => exportFiles(word as never, {})),
    complaint(() => importConfig(word, { model: word })),
  ];
};

test("no argument of a command, a tool or a function finds what every object has", async () => {
  expect(await askedOfAll(() => called(WATCHED))).toEqual([]);
});

test.each(INHERITED)("%s as an argument is a word like another", async (word) => {
  for (const text of await called(word)) expect(text).not.toMatch(/native code|\[object Ob/);
  expect(Object.keys(Object.prototype)).toEqual([]);
});
