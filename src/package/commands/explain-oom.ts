// Command `explain-oom`: the tensor behind an out-of-memory message, and what to change.

import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { GivenFile } from "#interop/import/source-fields.ts";
import { explainOom, oomSubject } from "#interop/oom/oom-explanation.ts";
import { oomWords } from "#interop/oom/oom-words.ts";
import { type OomMessage, readOom } from "#interop/oom/oom-message.ts";
import { scenarioOfError } from "#interop/oom/error-scenario.ts";
import { linkSearch, notALink, readLink, notKnownJson, notKnownLines, splitLinks } from "#package/given-scenario.ts";
import { printableLine } from "#package/terminal-text.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { runCommand, UNREADABLE, type Arguments } from "./command.ts";
import { givenFile, type Command, type Terminal } from "./terminal.ts";

const usage = (called: string): string => `Usage: ${called} FILE... [LINK]

Says which tensor an out-of-memory message was about, why it is there and what to change. FILE has the message, alone or with its traceback: PyTorch's of
versions 1.13 to 2.13 on CUDA, HIP, XPU and MPS, also as a log of several ranks.

  LINK         the run: ?v=1&model=llama-3.1-8b&method=qlora&batch=2, or the whole address; quote it, because of the &
  --link LINK  the same
  -            reads the message from standard input

Without LINK the run is read from a config, a command or a script that stands beside the message, or from more FILEs (as of import).

Ends with 0 when a tensor of the run has the size, 1 when none has, 2 when there is no such message, or nothing says which run it was.`;

type Asked = Readonly<{ paths: readonly string[]; search: string | null }>;

const askedOf = ({ rest, values }: Arguments): Asked | string => {
  const { links, files: paths } = splitLinks(rest);
  const option = values.get("--link");
  const [link, second] = option === undefined ? links : [...links, option];
  if (paths.length === 0) return "There is no file.";
  if (second !== undefined) return "explain-oom takes one link.";
  if (link === undefined) return { paths, search: null };
  const search = linkSearch(link);
  return search === null ? notALink(link) : { paths, search };
};

const NO_RUN =
  "Nothing beside the message says which run it was. Give its link ('?v=1&model=...&method=...&batch=...&seq=...'), or its config or command, in the same file or as another.";

/** The message, and what was given beside it; or why there is none. */
const heardOf = (files: readonly GivenFile[]): Readonly<{ message: OomMessage; heard: GivenFile }> | string => {
  let why = 'There is no out-of-memory message in it: none that says "Tried to allocate" and how much.';
  for (const heard of files) {
    const message = readOom(heard.text);
    if (message.kind === "message") return { message, heard };
    if (message.kind === "without-figure") why = message.sentence;
  }
  return why;
};

type Run = Readonly<{ heard: GivenFile; others: readonly GivenFile[]; search: string | null }>;

/** The run that the message is held against; null where nothing says it. */
const runOf = ({ heard, others, search }: Run): Choices | null => {
  if (search !== null) return readLink(search).value;
  return scenarioOfError(heard.text, others, { catalog: FULL_CATALOG, base: DEFAULT_CHOICES })?.choices ?? null;
};

const run = async ({ paths, search }: Asked, terminal: Terminal): Promise<number> => {
  const read = await Promise.all(paths.map((path) => givenFile(path, terminal)));
  if (read.includes(null)) return UNREADABLE;
  const files = read as readonly GivenFile[];
  const heard = heardOf(files);
  if (typeof heard === "string") {
    terminal.complain(heard);
    return UNREADABLE;
  }
  const choices = runOf({ heard: heard.heard, others: files.filter((file) => file !== heard.heard), search });
  if (choices === null) {
    terminal.complain(NO_RUN);
    return UNREADABLE;
  }
  const unknown = notKnownLines(notKnownJson(choices));
  if (unknown.length > 0) {
    for (const line of unknown) terminal.complain(line);
    return UNREADABLE;
  }
  const subject = oomSubject(choices, FULL_CATALOG);
  const explained = explainOom(heard.message, subject);
  for (const line of oomWords(heard.message, subject, explained)) terminal.print(printableLine(line));
  if (search === null) terminal.print(printableLine(`The run: ${encodeLink(choices)}`));
  return explained.candidates.length > 0 ? 0 : 1;
};

/** `explain-oom`: the tensor of an out-of-memory message. */
export const main: Command = runCommand<Asked>({
  name: "explain-oom",
  usage,
  options: { "--link": "value" },
  askedOf,
  run,
});
