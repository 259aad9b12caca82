// Tools that train with TRL's trainers: their runs estimated as TRL, their fields under TRL's names.

import type { ObjectiveId } from "#calc/model/objective.ts";
import type { StackRow } from "#catalog/stack-row.ts";
import { type StackId, STACKS } from "#catalog/stacks.ts";
import { supportsObjective } from "#catalog/library-objectives.ts";
import type { LinkKey, LinkTexts } from "#scenario/keys/choices.ts";
import { type Finding, fieldOf, type Source } from "#interop/import/source-fields.ts";

/** TRL with whole logits, and the one without. */
const [WHOLE, FUSED] = ["trl-1.14", "trl"] as const satisfies readonly StackId[];

/** A tool that trains by TRL's trainers, or by its own in their place. */
export type RunsTrl = Readonly<{
  tool: string;
  /** What its runs of SFT are counted as. */
  stack: StackId;
  /** What it runs, as a sentence begins with it: "Axolotl 0.18 runs TRL 1.8's trainers". */
  runs: string;
  /** Of what follows nothing in the count: "without Axolotl's kernels". */
  without: string;
  /** Whether its logits are whole. */
  isWhole: boolean;
}>;

const textsOf = (findings: readonly Finding[]): LinkTexts =>
  Object.fromEntries(
    (["assumed", "read"] as const).flatMap((kind) =>
      findings.flatMap((found) => (found.kind === kind ? [[found.key, found.text] as const] : [])),
    ),
  );

/** Whether checkpoints are reentrant, as far as their sharding decides it. */
const isReentrant = ({ reentrant, reentrantTurned = [] }: StackRow, { shard }: LinkTexts): boolean =>
  reentrantTurned.some((each) => each.shard !== undefined && each.shard === shard) ? !reentrant : reentrant === true;

/** What the tool has otherwise than TRL's trainers, as far as keys say it. */
const ownValues = (own: StackRow, texts: LinkTexts): readonly (readonly [LinkKey, string])[] => {
  const { method } = texts;
  const all: readonly (readonly [LinkKey, string | false | undefined])[] = [
    ["weights", method === "full" && own.fullWeights !== undefined && String(own.fullWeights)],
    ["adapters", method !== "full" && String(own.adapters[method === "qlora" ? "qlora" : "lora"])],
    ["kbit", method === "qlora" && own.kbitPreparation],
    ["reentrant", own.reentrant !== undefined && (isReentrant(own, texts) ? "1" : "0")],
  ];
  return all.flatMap(([key, text]) => (typeof text === "string" && texts[key] === undefined ? [[key, text]] : []));
};

const NAMES = { [WHOLE]: "TRL 1.14", [FUSED]: "TRL 1.15 and later" };

const KERNELS = "Fused kernels of adapters are counted beside SFT alone.";

/** Findings without kernels that TRL's trainers are counted without; a field that asks for them changes memory. */
const withoutKernels = (findings: readonly Finding[]): readonly Finding[] => {
  const asking = new Set(
    findings.flatMap((found) => (found.kind === "read" && found.key === "lorakernels" ? [found.field] : [])),
  );
  const isOther = ({ field }: Finding): boolean => field === undefined || field === null || !asking.has(field);
  return [
    ...findings.filter((found) => isOther(found) && !("key" in found && found.key === "lorakernels")),
    ...[...asking].map((field): Finding => ({ kind: "not-modelled", field, sentence: KERNELS })),
  ];
};

/** Objectives whose head is of one number: no version makes logits of a vocabulary. */
const WITHOUT_LOGITS: readonly string[] = ["reward"];

/**
 * A tool's run as TRL runs it, which is said.
 *
 * @param findings what the tool's reader found
 * @param named the finding that says the objective
 */
export const countedAsTrl = (
  findings: readonly Finding[],
  objective: ObjectiveId,
  { tool, stack, runs, without, isWhole }: RunsTrl,
): readonly Finding[] => {
  const counted = isWhole && supportsObjective(WHOLE, objective) ? WHOLE : FUSED;
  const isLess = isWhole && counted !== WHOLE && !WITHOUT_LOGITS.includes(objective);
  const field = findings.find((found) => found.kind === "read" && found.key === "objective")?.field;
  const logits = `${tool} makes logits of whole completions, which are not counted: TRL from 1.15 on makes none.`;
  return [
    ...withoutKernels(findings),
    { kind: "assumed", key: "stack", text: counted, sentence: `${runs}: counted as ${NAMES[counted]}, ${without}.` },
    ...(isLess && field ? [{ kind: "not-modelled", field, sentence: logits } as const] : []),
    ...ownValues(STACKS[stack], textsOf(findings)).map(([key, text]): Finding => ({
      kind: "assumed",
      key,
      text,
      sentence: `As ${tool} has it.`,
    })),
  ];
};

/** Fields by the names of TRL's configs: of each the tool's own, the first of which counts. Every field keeps its place. */
export const withTrlNames = (source: Source, names: Readonly<Record<string, string | readonly string[]>>): Source => ({
  ...source,
  fields: new Map(
    Object.entries(names).flatMap(([name, own]) => {
      const field = fieldOf(source, own);
      return field === undefined ? [] : [[name, field] as const];
    }),
  ),
});
