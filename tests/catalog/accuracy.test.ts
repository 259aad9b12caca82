import { decodeLink } from "#scenario/choices/decode-link.ts";
import { expect, test } from "vitest";
import { ACCURACY } from "#catalog/accuracy.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";

test("the link of every published run is read without a word of complaint, and written back the same", () => {
  const { runs, fitMisses } = ACCURACY;
  expect(runs.length).toBeGreaterThan(200);
  const odd = [...runs, ...fitMisses].filter(({ link }) => {
    const { value, issues } = decodeLink(link, FULL_CATALOG);
    return issues.length > 0 || encodeLink(value) !== link;
  });
  expect(odd.map(({ id }) => id)).toEqual([]);
});

test("every run names a source that has an address", () => {
  const addresses = new Map(ACCURACY.sources.map(({ name, url }) => [name, url]));
  expect(ACCURACY.runs.filter(({ source }) => addresses.get(source)?.startsWith("https:") !== true)).toEqual([]);
});
