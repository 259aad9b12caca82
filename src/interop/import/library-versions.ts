// Library versions named in files, the library row for them, and defaults of older versions.

import type { ObjectiveId } from "#calc/model/objective.ts";
import { STACK_RELEASES, stackLibrary, stackWords } from "#catalog/stack-library.ts";
import { isStackId, type StackId, STACKS } from "#catalog/stacks.ts";
import { supportsObjective } from "#catalog/library-objectives.ts";
import type { OptimizerId } from "#calc/model/scenario.ts";
import { type Finding, wordOf, type SourceField, type GivenFile } from "./source-fields.ts";
import { countedObjective, valueOfKey } from "#interop/import/fields/counted-objective.ts";
import type { RecognizedFile } from "./runs.ts";

/** A version by its first two numbers: "0.17.0" is [0, 17]. */
type VersionNumber = readonly [major: number, minor: number];

/** The first two numbers of a version; null: it does not begin with two. */
const versionNumber = (text: string): VersionNumber | null => {
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,3})/.exec(text) ?? [];
  return major === undefined || minor === undefined ? null : [Number(major), Number(minor)];
};

/** True if a version came before another one. */
const isBefore = ([major, minor]: VersionNumber, [otherMajor, otherMinor]: VersionNumber): boolean =>
  major < otherMajor || (major === otherMajor && minor < otherMinor);

/** The number of minor versions before the next major one; a month counts as one. */
const MINORS: Readonly<Record<string, number>> = { TRL: 30, Transformers: 58, Unsloth: 12 };
const USUAL_MINORS = 100;

/** Rows of settings of their own, no versions. */
const SETTINGS: readonly StackId[] = ["torchtune-compiled"];

/** TRL's SFT never has whole logits from 1.7 on (`loss_type="chunked_nll"`), which is nearest to the head that came with 1.15. */
const CHUNKED_SFT: VersionNumber = [1, 7];

const order = (library: string, [major, minor]: VersionNumber): number =>
  major * (MINORS[library] ?? USUAL_MINORS) + minor;

type Span = Readonly<{ id: StackId; first: VersionNumber; last: VersionNumber | null }>;

const spanOf = (id: StackId, objective: ObjectiveId): Span | null => {
  const release = STACK_RELEASES[id];
  if (release === null || release.version === null) return null;
  const [from, to] = release.holdsFor ?? [release.version, release.version];
  const first = id === "trl" && objective === "sft" ? CHUNKED_SFT : versionNumber(from);
  return first === null ? null : { id, first, last: to === null ? null : versionNumber(to) };
};

/** The number of versions between; 0: the row holds for it. */
const distance = (library: string, version: VersionNumber, { first, last }: Span): number => {
  if (isBefore(version, first)) return order(library, first) - order(library, version);
  return last !== null && isBefore(last, version) ? order(library, version) - order(library, last) : 0;
};

/**
 * The row of a library for a version, among those that train for an objective; of several that hold for it the first. null: the library has none.
 *
 * @param stack a row of that library
 */
const nearestRow = (
  stack: StackId,
  version: VersionNumber,
  objective: ObjectiveId,
): Readonly<{ id: StackId; holds: boolean }> | null => {
  const library = STACK_RELEASES[stack]?.library ?? "";
  const [nearest] = Object.keys(STACKS)
    .filter(isStackId)
    .filter(
      (id) => STACK_RELEASES[id]?.library === library && !SETTINGS.includes(id) && supportsObjective(id, objective),
    )
    .flatMap((id) => spanOf(id, objective) ?? [])
    .map((span) => ({ id: span.id, away: distance(library, version, span) }))
    .toSorted((one, other) => one.away - other.away);
  return nearest === undefined ? null : { id: nearest.id, holds: nearest.away === 0 };
};

type Assumed = Extract<Finding, { kind: "assumed" }>;

/** The run's library, the version of it that is named, and the optimizer of the row that is estimated. */
type RunVersion = Readonly<{
  library: string;
  version: VersionNumber | null;
  named: NamedVersions;
  optim: OptimizerId;
  objective: ObjectiveId;
}>;

/** @see trl 0.21.0 and 0.22.0: trainer/sft_config.py, dpo_config.py, grpo_config.py, `gradient_checkpointing` */
const CHECKPOINTS: VersionNumber = [0, 22];
/** @see trl 0.18.2 and 0.19.1: trainer/sft_config.py, `bf16`; grpo_config.py, `beta` (0.04, then 0.0) */
const BF16: VersionNumber = [0, 19];
/** @see transformers 4.53.3 and 4.54.1: training_args.py, `default_optim` */
const FUSED: Readonly<Partial<Record<PackageName, VersionNumber>>> = { torch: [2, 8], transformers: [4, 54] };

const OLDER_TRL = "TRL up to 0.21 did not checkpoint by default: for such a version ckpt=0.";

const replaced = (findings: readonly Finding[], key: string, by: (found: Assumed) => Assumed): readonly Finding[] =>
  findings.map((found) => (found.kind === "assumed" && found.key === key ? by(found) : found));

/** Checkpoints that no field says. */
const checkpoints = (findings: readonly Finding[], { library, version }: RunVersion): readonly Finding[] => {
  if (library !== "TRL") return findings;
  return replaced(findings, "ckpt", (found) => {
    if (version === null) return { ...found, sentence: `${found.sentence} ${OLDER_TRL}` };
    const sentence = "TRL's default up to 0.21: layers are not checkpointed.";
    return isBefore(version, CHECKPOINTS) ? { ...found, text: "0", sentence } : found;
  });
};

/** True if something says what products are computed in. */
const saysPrecision = (findings: readonly Finding[]): boolean =>
  findings.some(
    (found) =>
      ("key" in found && (found.key === "autocast" || found.key === "compute")) ||
      /(^|\.)(bf16|fp16)$/.test(found.field?.path ?? ""),
  );

/** Defaults of GRPO, and of precision, before TRL 0.19. */
const before019 = (findings: readonly Finding[], { library, version }: RunVersion): readonly Finding[] => {
  if (library !== "TRL" || version === null || !isBefore(version, BF16)) return findings;
  const sentence = "TRL's default up to 0.18 (trainer/grpo_config.py): a reference.";
  const held = replaced(findings, "beta", (found) => ({ ...found, text: "0.04", sentence }));
  if (saysPrecision(held)) return held;
  const neither = "TRL's default up to 0.18: neither bf16 nor fp16 is on.";
  return [...held, { kind: "assumed", key: "autocast", text: "0", sentence: neither }];
};

/** The version that rules out the fused optimizer, in words; null: none that is named does. */
const withoutFused = (named: NamedVersions): string | null => {
  for (const name of ["torch", "transformers"] as const) {
    const [value, first] = [named.get(name)?.value ?? "", FUSED[name]];
    const version = versionNumber(value);
    if (first !== undefined && version !== null && isBefore(version, first))
      return `${name} ${value} is named, and adamw_torch_fused is the default from ${name} ${first.join(".")} on`;
  }
  return null;
};

/** The optimizer that no field says, where an older version takes another one. */
const optimizer = (
  findings: readonly Finding[],
  { library, version, named, optim }: RunVersion,
): readonly Finding[] => {
  // TRL 0.21 is of August 2025, as torch 2.8 is.
  const isOlderTrl = library === "TRL" && version !== null && isBefore(version, CHECKPOINTS);
  const isOlderRow = isOlderTrl || (version !== null && optim === "adamw_torch");
  const why = withoutFused(named) ?? (isOlderRow ? "The default of its time, before torch 2.8" : null);
  if (why === null) return findings;
  return replaced(findings, "optim", (found) =>
    found.text === "adamw_torch_fused" ? { ...found, text: "adamw_torch", sentence: `${why}.` } : found,
  );
};

/** Assumed values of the newest version, replaced by those of the version that is named. */
const olderDefaults = (findings: readonly Finding[], run: RunVersion): readonly Finding[] =>
  optimizer(before019(checkpoints(findings, run), run), run);

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

const libraryOf = (stack: StackId): string => STACK_RELEASES[stack]?.library ?? "";

/** The library that a tool runs: its own, or the Trainer of transformers, which scripts of TRL's tools run, too. A tool that runs another one's trainers says so itself. */
const stackOf = (findings: readonly Finding[], recognised: readonly RecognizedFile[]): StackId | null => {
  const own = recognised.map(({ tool }) => tool.stack).find((each) => each !== null) ?? "";
  const stack = valueOfKey(findings, "stack") ?? own;
  if (!isStackId(own) || !isStackId(stack)) return null;
  const known = own === "trl" ? ["TRL", "Transformers"] : [libraryOf(own)];
  return known.includes(libraryOf(stack)) ? stack : null;
};

const objectiveOf = (findings: readonly Finding[]): ObjectiveId =>
  countedObjective(valueOfKey(findings, "objective") ?? "sft") ?? "sft";

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
  recognised: readonly RecognizedFile[],
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

/** Packages whose versions decide memory, by their names on PyPI. */
const PACKAGES = [
  "trl",
  "transformers",
  "unsloth",
  "torch",
  "axolotl",
  "llamafactory",
  "torchtune",
  "litgpt",
  "deepspeed",
  "torchtitan",
] as const;
type PackageName = (typeof PACKAGES)[number];

/** Versions that texts name, each where it stands: the path of the field is the package, its value the version. */
type NamedVersions = ReadonlyMap<PackageName, SourceField & Readonly<{ value: string }>>;

const NUMBER = String.raw`v?(\d{1,4}\.\d{1,3}(?:\.\d{1,4}){0,2})`;
/** A bound, and not the version that was run. */
const NO_BOUND = String.raw`(?![\w.]*[ \t]*(?:\+(?!\w)|or (?:later|newer|above|higher)|and (?:later|newer|above|up)|to \d))`;
const NAMES = PACKAGES.join("|");

/** `trl==0.17.0`, `trl=0.17.0`, `TRL version: 0.17.0`, "trl 0.17.0" of a list of packages, and the folder of what is installed: `trl-0.17.0.dist-info`. */
const NAMED = new RegExp(
  String.raw`(?<![\w./-])(${NAMES})(?:\[[\w,]{0,80}\])?[\x60"'*]{0,3}(?:[ \t]{1,4}version)?[\x60"'*]{0,3}[ \t]{0,40}(?:===?|~=|=|:|@|[ \t])[ \t]{0,4}[\x60"']{0,2}${NUMBER}${NO_BOUND}`,
  "gi",
);
const INSTALLED = new RegExp(String.raw`(?<=[\\/])(${NAMES})-${NUMBER}(?:\+[\w.]{1,20})?\.(?:dist|egg)-info`, "gi");

/** Of a longer text this much is searched at its beginning: what was installed is said before what was run. */
const MOST_CHARACTERS = 2 ** 20;

const lineAt = (text: string, index: number): number => text.slice(0, index).split("\n").length;

const isPackage = (name: string): name is PackageName => (PACKAGES as readonly string[]).includes(name);

/** The first version that texts name of each package. What a text names is taken as it is: nothing says that it was the one that ran. */
export const namedVersions = (files: readonly GivenFile[]): NamedVersions => {
  const found = new Map<PackageName, SourceField & Readonly<{ value: string }>>();
  for (const { name: file, text: whole } of files) {
    const text = whole.slice(0, MOST_CHARACTERS);
    for (const match of [...text.matchAll(NAMED), ...text.matchAll(INSTALLED)]) {
      const [, named = "", value = ""] = match;
      const path = named.toLowerCase();
      if (isPackage(path) && !found.has(path)) found.set(path, { file, path, value, line: lineAt(text, match.index) });
    }
  }
  return found;
};

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
