// Command `measure`: a Python script or callback that measures a link on the user's GPU.

import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { measureCallback } from "#interop/measure/measure-callback.ts";
import { measureScript } from "#interop/measure/measure-script.ts";
import { readLink, oneLink } from "#package/given-scenario.ts";
import { runCommand, UNREADABLE } from "./command.ts";
import type { Command, Terminal } from "./terminal.ts";

const usage = (called: string): string => `Usage: ${called} [--callback] LINK

Prints a Python script that measures on your own GPU what the method in focus of a link takes: three steps with random weights, printed as one JSON row,
which the page takes back. What the script cannot do is said on standard error, and then nothing is printed.

  LINK        ?v=1&model=llama-3.1-8b&method=qlora&gpu=rtx-4090, or the whole address; quote it, because of the &
  --callback  prints a callback for a run of your own with transformers' Trainer, which prints the same row

Ends with 0, or 2 where there was no link to read or nothing that can measure it.`;

type Asked = Readonly<{ isCallback: boolean; search: string }>;

const run = ({ isCallback, search }: Asked, { print, complain }: Terminal): number => {
  const { value, issues } = readLink(search);
  const { text, refused, instead } = (isCallback ? measureCallback : measureScript)(value, FULL_CATALOG);
  for (const sentence of new Set([...issues.map(({ message }) => message), ...instead, ...refused])) complain(sentence);
  if (text === null) return UNREADABLE;
  print(text.trimEnd());
  return 0;
};

/** `measure`: the script, or the callback, that measures the scenario of a link. */
export const main: Command = runCommand<Asked>({
  name: "measure",
  usage,
  options: { "--callback": "flag" },
  askedOf: ({ flags, rest }) => {
    const given = oneLink(rest, { command: "measure" });
    return typeof given === "string" ? given : { isCallback: flags.has("--callback"), search: given.search };
  },
  run,
});
