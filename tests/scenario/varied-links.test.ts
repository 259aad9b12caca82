import fc from "fast-check";
import { expect, test } from "vitest";
import { OPTIMIZERS, SHARDINGS } from "#calc/model/scenario.ts";
import { STACKS } from "#catalog/stacks.ts";
import { DEFAULT_CHOICES, PINNED_KEYS } from "#scenario/keys/choices.ts";
import { LINK_KEYS } from "#scenario/choices/encode-link.ts";
import { variedLink } from "./varied-links.ts";

const links = fc.sample(variedLink, { numRuns: 2000, seed: 1 });

/** How often a key, or a key with that value, stands in the links. */
const timesOf = (pair: string): number =>
  links.filter((link) => `${link.replace("?", "&")}&`.includes(pair.includes("=") ? `&${pair}&` : `&${pair}=`)).length;

test.each([
  // A completion is written as what a prompt leaves.
  ...LINK_KEYS.filter((key) => key !== "completion"),
  ...PINNED_KEYS,
  // The default is never written.
  ...Object.keys(STACKS).flatMap((stack) => (stack === DEFAULT_CHOICES.stack ? [] : [`stack=${stack}`])),
  ...OPTIMIZERS.map((optim) => `optim=${optim}`),
  ...SHARDINGS.map((shard) => `shard=${shard}`),
])("2,000 varied links have %s", (pair) => {
  expect(timesOf(pair)).toBeGreaterThan(5);
});

test("the same seed gives the same links", () => {
  expect(fc.sample(variedLink, { numRuns: 2000, seed: 1 })).toEqual(links);
  expect(fc.sample(variedLink, { numRuns: 2000, seed: 2 })).not.toEqual(links);
});
