import { ALL_TOOLS } from "#interop/import/all-tools.ts";
import { readSource } from "#interop/import/formats/read-source.ts";
import type { Recognised } from "#interop/import/recognised.ts";
import { withCommandsAsParts } from "#interop/import/runs.ts";
import { isRefusal } from "#interop/import/source.ts";
import type { CheckCase, CheckFile } from "./check-file.ts";

/** What a file says: a run, a part of one, or (`none`) nothing that can be read. */
type Says = "run" | "part" | "none";

const recognisedOf = (file: CheckFile): Recognised | null => {
  const source = readSource(file);
  if (isRefusal(source)) return null;
  const tool = ALL_TOOLS.find((each) => each.recognises(source));
  return tool === undefined ? null : { source, tool };
};

const saysOf = (files: readonly CheckFile[]): readonly Says[] => {
  const recognised = files.map(recognisedOf);
  const known = withCommandsAsParts(recognised.filter((each) => each !== null));
  let next = 0;
  return recognised.map((each) => (each === null ? "none" : (known[next++]?.tool.says ?? "none")));
};

/** Whether one of two files has the name of the other in its text: a YAML that of its DeepSpeed JSON, a command that of the YAML that it starts. */
const belong = (run: CheckFile, part: CheckFile): boolean =>
  run.text.includes(part.name) || part.text.includes(run.name);

/**
 * Files as the scenarios that they are. One run takes all files with it. Of several runs each is a scenario of its own: a file that says only a part goes with the runs
 * that belong to it by name, or else with all of them; a file that cannot be read stands alone.
 */
export const casesOf = (files: readonly CheckFile[]): readonly CheckCase[] => {
  const says = saysOf(files);
  const of = (kind: Says): readonly CheckFile[] => files.filter((_, index) => says[index] === kind);
  const [runs, parts] = [of("run"), of("part")];
  if (files.length === 0) return [];
  const isPart = parts.length === files.length;
  if (runs.length < 2) return [{ name: (runs[0] ?? files[0])?.path ?? "", files, isPart }];
  const partsOf = (run: CheckFile): readonly CheckFile[] =>
    parts.filter((part) => belong(run, part) || !runs.some((other) => belong(other, part)));
  return files.flatMap((file, index) => {
    if (says[index] === "part") return [];
    return [{ name: file.path, files: says[index] === "run" ? [file, ...partsOf(file)] : [file], isPart: false }];
  });
};
