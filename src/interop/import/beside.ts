import type { Finding } from "./finding.ts";

const BESIDE = "The file that it names is among those that are read.";

/** Findings without complaints of files that are named in one and given beside it. */
export const withFilesBeside = (findings: readonly Finding[], files: readonly string[]): readonly Finding[] =>
  findings.map((found) =>
    found.kind === "not-modelled" && found.names !== undefined && files.includes(found.names)
      ? { kind: "ignored", field: found.field, sentence: BESIDE }
      : found,
  );
