import { stringify } from "yaml";
import { describe } from "vitest";
import { holdsFor } from "./any-settings.ts";

const PIECES = [
  ..."-?:,[]{}#&*!|>'\"%@` \t".split(""),
  "&a ",
  "*a",
  "<<: *a",
  "|\n  x",
  ">-\n",
  "---\n",
  "...",
  "!!python/object:os.system ",
  "!!binary ",
  "? ",
  "yes",
  "1_0",
  ".inf",
  "0o17",
  "2024-01-02",
  "\u2028",
  "😀",
];

describe("YAML", () =>
  holdsFor({
    // As PyYAML would have to write it.
    write: (settings) => stringify(settings, { version: "1.1" }),
    endings: /\.ya?ml$/,
    pieces: PIECES,
  }));
