import type { GivenFile } from "#interop/import/source.ts";
import { namedVersions } from "./named-versions.ts";

/** A requirement, or a line of a list of packages: `trl==0.17.0`, `trl[peft]>=0.12,<0.13`, `trl  0.17.0`. */
const PACKAGE =
  /^[A-Za-z][\w.-]{0,80}(?:\[[\w,-]{0,80}\])?\s{0,80}(?:(?:[=<>~!]=?=?\s{0,4}[\w.*+!-]{1,40}[,\s]{0,4}){0,4}|\s[\w.+!-]{1,40})(?:;.{0,200})?$/;

/** A line that sets nothing of a training: empty, a comment, an option of pip, the head of a list of packages. */
const ASIDE = /^(?:#.*|--?[\w-]{1,40}.*|Package\s{1,80}Version|)$/;

const MOST_LINES = 2000;

const isEnvironment = (file: GivenFile): boolean => {
  const lines = file.text.split("\n", MOST_LINES).map((line) => line.trim());
  return lines.every((line) => ASIDE.test(line) || PACKAGE.test(line)) && namedVersions([file]).size > 0;
};

/** Files without those that list installed packages alone (`requirements.txt`, what `pip list` prints): they say versions, and no run. All of them where nothing else is there. */
export const withoutEnvironment = (files: readonly GivenFile[]): readonly GivenFile[] => {
  const others = files.filter((file) => !isEnvironment(file));
  return others.length === 0 ? files : others;
};
