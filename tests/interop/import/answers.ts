import { expect } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { importText, linesOf } from "./import-text.ts";

/** Whatever a text is: a link that can be opened, or a sentence why not. */
export const answers = (...texts: readonly string[]): void => {
  const imported = importText(...texts);
  if (imported.kind === "refused") {
    expect(imported.refusals.length).toBeGreaterThan(0);
    for (const { sentence, line } of imported.refusals) {
      expect(sentence).toMatch(/\S.*\.$/s);
      expect(line === null || line >= 1).toBe(true);
    }
    return;
  }
  const { issues } = decodeLink(encodeLink(imported.choices), FULL_CATALOG);
  // A family that is not known stays one, and so does a name.
  const isKept = ({ code, key }: Issue): boolean =>
    code === "unknown-family" || Object.hasOwn(imported.choices.unknown, key);
  expect(issues.filter((issue) => issue.code !== "assumed-field" && !isKept(issue))).toEqual([]);
  for (const line of linesOf(imported)) expect(line.field).not.toBe("");
};
