import type { LinkKey } from "#scenario/choices/choices.ts";
import type { Finding } from "./finding.ts";

const BESIDE = "The file that it names is among those that are read.";
const SAID = "Another of the files says it.";

type NotModelled = Extract<Finding, { kind: "not-modelled" }>;

/** Why a complaint is none beside the other files; undefined where it is one. */
const answered = (
  { names, unless }: NotModelled,
  files: readonly string[],
  said: ReadonlySet<LinkKey>,
): string | undefined => {
  if (names !== undefined && files.includes(names)) return BESIDE;
  return unless !== undefined && said.has(unless) ? SAID : undefined;
};

/**
 * Findings without complaints of what another of the files says: those that are named in one and given beside it, and a model that one of them is.
 *
 * @param isModelTold a model that was told beside the files stands for one that nobody knows
 */
export const withFilesBeside = (
  findings: readonly Finding[],
  files: readonly string[],
  isModelTold = false,
): readonly Finding[] => {
  const ofFindings = findings.flatMap((found) => (found.kind === "read" ? [found.key] : []));
  const said = new Set([...ofFindings, ...(isModelTold ? ["arch"] : [])]);
  return findings.map((found) => {
    const sentence = found.kind === "not-modelled" ? answered(found, files, said) : undefined;
    return found.kind === "not-modelled" && sentence !== undefined
      ? { kind: "ignored", field: found.field, sentence }
      : found;
  });
};
