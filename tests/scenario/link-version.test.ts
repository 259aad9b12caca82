import { decodeLink } from "#scenario/choices/decode-link.ts";
import { describe, expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { LINK_VERSION, upgradeTexts, encodeLink } from "#scenario/choices/encode-link.ts";

describe("a link of an earlier version", () => {
  /** As if version 2 had made 4,096 the default length, and version 3 had renamed `batch`. */
  const upgrades = [
    (texts: Readonly<Partial<Record<string, string>>>) => ({ seq: "2048", ...texts }),
    ({ batch, ...texts }: Readonly<Partial<Record<string, string>>>) =>
      batch === undefined ? texts : { ...texts, rows: batch },
  ];

  it("goes through every change since, oldest first", () => {
    expect(upgradeTexts({ v: "1", batch: "4" }, upgrades)).toEqual({ v: "1", seq: "2048", rows: "4" });
    expect(upgradeTexts({ v: "2", batch: "4" }, upgrades)).toEqual({ v: "2", rows: "4" });
    expect(upgradeTexts({ v: " 3 ", batch: "4" }, upgrades)).toEqual({ v: " 3 ", batch: "4" });
  });

  it("without a version is of the first, and what it says itself is kept", () => {
    expect(upgradeTexts({ seq: "512" }, upgrades)).toEqual({ seq: "512" });
    expect(upgradeTexts({}, upgrades)).toEqual({ seq: "2048" });
  });

  it.each(["4", "0", "-1", "1.5", "one", "", "99999999"])("v=%s is no version that is out", (v) => {
    expect(upgradeTexts({ v }, upgrades)).toBeNull();
  });
});

it("the present version is written, and read without a word", () => {
  expect(LINK_VERSION).toBe("1");
  const { value, issues } = decodeLink(`?v=${LINK_VERSION}&r=8`, FULL_CATALOG);
  expect(issues).toEqual([]);
  expect(encodeLink(value)).toBe("?v=1&r=8");
});
