import type { ObjectiveId } from "#calc/model/objective.ts";
import { stackLibrary } from "#catalog/stack-library.ts";
import { STACK_RELEASES } from "#catalog/stack-releases.ts";
import { stackWords } from "#catalog/stack-words.ts";
import { isStackId, type StackId, STACKS } from "#catalog/stacks.ts";
import type { LinkKey } from "#scenario/keys/choices.ts";
import type { Finding } from "#interop/import/finding.ts";
import { countedObjective } from "#interop/import/objective/counted-objective.ts";
import { wordOf } from "#interop/import/take.ts";
import type { SourceField } from "#interop/import/source.ts";
import type { Recognised } from "#interop/import/recognised.ts";
import type { NamedVersions, PackageName } from "./named-versions.ts";
import { nearestRow } from "./nearest-row.ts";
import { olderDefaults } from "./older-defaults.ts";
import { versionNumber } from "./version-number.ts";

/** Libraries, by the packages that they are installed as. */
const PACKAGE_OF: Readonly<Record<string, PackageName>> = {
  TRL: "trl",
  Transformers: "transformers",
  Unsloth: "unsloth",
  Axolotl: "axolotl",
  "LLaMA-Factory": "llamafactory",
  torchtune: "torchtune",
  LitGPT: "litgpt",
  DeepSpeed: "deepspeed",
  torchtitan: "torchtitan",
};

/** The value of a key: what is read goes before what is assumed, later before earlier. */
const textOf = (findings: readonly Finding[], key: LinkKey): string | undefined => {
  const of = (kind: "read" | "assumed"): string | undefined =>
    findings.findLast(
      (found): found is Extract<Finding, { kind: "read" | "assumed" }> => found.kind === kind && found.key === key,
    )?.text;
  return of("read") ?? of("assumed");
};

const libraryOf = (stack: StackId): string => STACK_RELEASES[stack]?.library ?? "";

/** The library that a tool runs: its own, or the Trainer of transformers, which scripts of TRL's tools run, too. A tool that runs another one's trainers says so itself. */
const stackOf = (findings: readonly Finding[], recognised: readonly Recognised[]): StackId | null => {
  const own = recognised.map(({ tool }) => tool.stack).find((each) => each !== null) ?? "";
  const stack = textOf(findings, "stack") ?? own;
  if (!isStackId(own) || !isStackId(stack)) return null;
  const known = own === "trl" ? ["TRL", "Transformers"] : [libraryOf(own)];
  return known.includes(libraryOf(stack)) ? stack : null;
};

const objectiveOf = (findings: readonly Finding[]): ObjectiveId =>
  countedObjective(textOf(findings, "objective") ?? "sft") ?? "sft";

/** Which version is estimated, where none is named: beside why that library is assumed, else by itself. */
const withUnnamed = (findings: readonly Finding[], stack: StackId): readonly Finding[] => {
  const library = stackLibrary(stack);
  if (library.month === null) return findings;
  const sentence = `No file names the version of ${library.name}: estimated as ${stackWords(library)}.`;
  const assumed = findings.findLast((each) => each.kind === "assumed" && each.key === "stack");
  return assumed?.kind === "assumed"
    ? findings.map((each) => (each === assumed ? { ...assumed, sentence: `${assumed.sentence} ${sentence}` } : each))
    : [...findings, { kind: "filled", key: "stack", sentence }];
};

type Row = NonNullable<ReturnType<typeof nearestRow>>;
type Named = Readonly<{ field: SourceField; row: Row }>;

/** The row of the version that is named. */
const rowOf = (stack: StackId, named: NamedVersions, objective: ObjectiveId): Named | null => {
  const name = PACKAGE_OF[libraryOf(stack)];
  const field = name === undefined ? undefined : named.get(name);
  const version = field === undefined ? null : versionNumber(field.value);
  const row = version === null ? null : nearestRow(stack, version, objective);
  return row === null || field === undefined ? null : { field, row };
};

/** The row of a version as a finding; the nearest one is assumed. */
const found = ({ field, row }: Named): Finding => {
  const library = stackLibrary(row.id);
  const said = { field, key: "stack", text: row.id } as const;
  if (row.holds) return { kind: "read", ...said };
  const nearest = `${library.name} ${wordOf(field.value)} is named: estimated as ${stackWords(library)}`;
  return { kind: "assumed", ...said, sentence: `${nearest}, the nearest version that Headroom knows.` };
};

/** Assumptions about the version, where none is named. */
const isOfVersion = (each: Finding): boolean =>
  (each.kind === "assumed" || each.kind === "filled") && each.key === "stack";

/**
 * Findings with the version that texts name: the row that holds for it, or the nearest one, which is assumed; and what an older version does where no field says
 * it. Where none is named, the version that is estimated is said.
 *
 * @param named versions that files, or what stands beside them, name
 */
export const withVersions = (
  findings: readonly Finding[],
  recognised: readonly Recognised[],
  named: NamedVersions,
): readonly Finding[] => {
  const isRun = recognised.some(({ tool }) => tool.says === "run");
  const stack = isRun ? stackOf(findings, recognised) : null;
  if (stack === null) return findings;
  const library = libraryOf(stack);
  const objective = objectiveOf(findings);
  const run = rowOf(stack, named, objective);
  const version = run === null ? null : versionNumber(wordOf(run.field.value));
  const defaults = { library, version, named, optim: STACKS[run?.row.id ?? stack].optim, objective };
  return run === null
    ? withUnnamed(olderDefaults(findings, defaults), stack)
    : [
        ...olderDefaults(
          findings.filter((each) => !isOfVersion(each)),
          defaults,
        ),
        found(run),
      ];
};
