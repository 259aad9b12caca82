// Writer of the ms-swift command in a shell script.

import type { Value, FieldSetting } from "#interop/config-lines/setting.ts";
import { type Exporter, type Exporting, LEARNING_RATE, VERSIONS, PLACEHOLDERS, ligerLossAlone } from "./exporter.ts";
import { hashComment } from "./file-text.ts";
import { MS_SWIFT_LINES } from "#interop/config-lines/libraries/ms-swift.ts";

/** A word that a shell takes as it is; anything else in quotes. */
const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Lists are words one after the other. */
const wordsOf = (value: Value): readonly string[] => {
  if (Array.isArray(value)) return (value as readonly string[]).map(shellWord);
  return [shellWord(typeof value === "object" ? JSON.stringify(value) : String(value))];
};

const option = ({ field, value }: Pick<FieldSetting, "field" | "value">): string =>
  `--${field} ${wordsOf(value).join(" ")}`;

/** Variables stand on lines of their own, before the command. */
const script = ({ run, base, written, head }: Exporting): string => {
  const options = [
    { field: "model", value: base.name },
    { field: "dataset", value: PLACEHOLDERS.data },
    { field: "output_dir", value: PLACEHOLDERS.output },
    ...written.fields,
    { field: "learning_rate", value: LEARNING_RATE },
    { field: "num_train_epochs", value: 1 },
  ].map(option);
  const allocator = [...written.statements.values()].filter((line) => line.startsWith("export "));
  const { gpus } = run.choices;
  const command = `${gpus === 1 ? "" : `NPROC_PER_NODE=${gpus} `}swift sft`;
  return [
    "#!/bin/sh",
    ...hashComment(head),
    ...allocator,
    `${[command, ...options.map((each) => `    ${each}`)].join(" \\\n")}`,
    "",
  ].join("\n");
};

/** A shell command of ms-swift. It prepares no quantised base. */
export const MS_SWIFT_COMMAND: Exporter = {
  name: `ms-swift ${VERSIONS["ms-swift"]}`,
  stack: "transformers",
  own: { kbit: "none" },
  settings: MS_SWIFT_LINES.settings,
  always: [".max_length"],
  lacks: ({ run }) => ligerLossAlone(run, "ms-swift"),
  start: () => "sh train.sh",
  files: (exporting) => [{ name: "train.sh", text: script(exporting) }],
};
