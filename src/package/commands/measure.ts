import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { measureCallback } from "#interop/measure/measure-callback.ts";
import { measureScript } from "#interop/measure/measure-script.ts";
import { readLink } from "#package/read-link.ts";
import { calledAs } from "./called-as.ts";
import { oneLink } from "./one-link.ts";
import type { Command, Terminal } from "./terminal.ts";

const usageOf = (terminal: Terminal): string => `Usage: ${calledAs("measure", terminal)} [--callback] LINK

Prints a Python script that measures on your own GPU what the method in focus of a link takes: three steps with random weights, printed as one JSON row,
which the page takes back. What the script cannot do is said on standard error, and then nothing is printed.

  LINK        ?v=1&model=llama-3.1-8b&method=qlora&gpu=rtx-4090, or the whole address; quote it, because of the &
  --callback  prints a callback for a run of your own with transformers' Trainer, which prints the same row

Ends with 0, or 2 where there was no link to read or nothing that can measure it.`;

const UNREADABLE = 2;

type Asked = Readonly<{ isCallback: boolean; search: string }>;

/** What was asked for, or why it cannot be. */
const askedOf = (args: readonly string[]): Asked | string => {
  const option = args.find((argument) => argument.startsWith("-") && argument !== "--callback");
  if (option !== undefined) return `measure has no option ${JSON.stringify(option)}.`;
  const given = oneLink(
    args.filter((argument) => argument !== "--callback"),
    { command: "measure" },
  );
  return typeof given === "string" ? given : { isCallback: args.includes("--callback"), search: given.search };
};

/** `measure`: the script, or the callback, that measures the scenario of a link. */
export const main: Command = (terminal) => {
  const { args, print, complain } = terminal;
  if (args.includes("--help") || args.includes("-h")) {
    print(usageOf(terminal));
    return Promise.resolve(0);
  }
  const asked = askedOf(args);
  if (typeof asked === "string") {
    complain(`${asked} ${calledAs("measure", terminal)} --help says what it takes.`);
    return Promise.resolve(UNREADABLE);
  }
  const { value, issues } = readLink(asked.search);
  const { text, refused, instead } = (asked.isCallback ? measureCallback : measureScript)(value, FULL_CATALOG);
  for (const sentence of new Set([...issues.map(({ message }) => message), ...instead, ...refused])) complain(sentence);
  if (text === null) return Promise.resolve(UNREADABLE);
  print(text.trimEnd());
  return Promise.resolve(0);
};
