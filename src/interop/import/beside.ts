import type { LinkKey } from "#scenario/keys/choices.ts";
import type { Finding } from "./finding.ts";

const BESIDE = "The file that it names is among those that are read.";
const SAID = "Another of the files says it.";

type Complaint = Extract<Finding, { kind: "not-modelled" | "unknown" }>;

const isComplaint = (found: Finding): found is Complaint => found.kind === "not-modelled" || found.kind === "unknown";

type Beside = Readonly<{
  /** The names of the files. */
  files: readonly string[];
  /** The keys that files or the command say. */
  said: ReadonlySet<LinkKey>;
  /** The keys that the command says: they replace what files say. */
  told: ReadonlySet<LinkKey>;
}>;

/** Why a complaint is none beside the other files; undefined where it is one. */
const answered = (found: Complaint, { files, said, told }: Beside): string | undefined => {
  if (found.kind === "not-modelled" && found.names !== undefined && files.includes(found.names)) return BESIDE;
  if (found.kind === "unknown" && told.has(found.key)) return SAID;
  return found.unless !== undefined && said.has(found.unless) ? SAID : undefined;
};

/**
 * Findings without complaints of what another of the files says: those that are named in one and given beside it, and a model that one of them is.
 *
 * @param told the keys that were told beside the files: a model among them replaces one that is not known
 */
export const withFilesBeside = (
  findings: readonly Finding[],
  files: readonly string[],
  told: ReadonlySet<LinkKey>,
): readonly Finding[] => {
  const ofFindings = findings.flatMap((found) => (found.kind === "read" ? [found.key] : []));
  const beside = {
    files,
    told,
    said: new Set<LinkKey>([...ofFindings, ...(told.has("model") ? (["arch"] as const) : [])]),
  };
  return findings.flatMap((found): readonly Finding[] => {
    const sentence = isComplaint(found) ? answered(found, beside) : undefined;
    if (!isComplaint(found) || sentence === undefined) return [found];
    return found.field === undefined ? [] : [{ kind: "ignored", field: found.field, sentence }];
  });
};
