import { stringify } from "smol-toml";
import { describe } from "vitest";
import { holdsFor } from "./any-settings.ts";

const PIECES = [
  ..."=.,[]{}#'\"\\ \t".split(""),
  '"""',
  "'''",
  "[[a]]\n",
  "[model]\n",
  "[a.b]",
  "a.b = ",
  "inf",
  "nan",
  "1e999",
  "0x1F",
  "1_0",
  "99999999999999999999",
  "1979-05-27T07:32:00Z",
  "true",
  "{ a = 1 }",
  "\\u0000",
  "\u2028",
  "😀",
];

describe("TOML", () => holdsFor({ write: stringify, endings: /\.toml$/, pieces: PIECES }));
