import { decodeLink } from "#scenario/choices/decode-link.ts";
import { describe, expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { isNotKnownIssue } from "#scenario/keys/issues.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import frozen from "../golden/links.json";

describe("a link that was ever written means the same for ever", () => {
  it.each(frozen.links)("$link", ({ link, choices, issues }) => {
    const { value, issues: found } = decodeLink(link, FULL_CATALOG);
    expect({ ...value, unknown: {} }).toEqual({ ...DEFAULT_CHOICES, ...choices });
    expect(found.map(({ code, key }) => [code, key])).toEqual(issues);
    const again = decodeLink(encodeLink(value), FULL_CATALOG);
    expect(again).toEqual({ value, issues: found.filter(isNotKnownIssue) });
  });
});
