import fc from "fast-check";
import { expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { estimateJson, knownMethods } from "#scenario/choices/estimate-json.ts";
import { type IdentityKey, IDENTITY_KEYS, unknownText, isNotKnownIssue } from "#scenario/keys/issues.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { namesAreKnown, withoutFields } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { openedLink } from "#service/answers/opened-link.ts";
import { tried } from "../tried.ts";
import { anyChoices } from "./arbitrary-choices.ts";

/** A text that no list and no catalog has. */
const unheard = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }).map((text) => `zz${text}`),
  fc.constantFrom("__proto__", "constructor", "valueOf", "gpt-4o", "lama-3.1-8b", "z".repeat(9000)),
);

/** A link of any choices in which one name is another. */
const withUnknown = fc
  .record({ choices: anyChoices, key: fc.constantFrom(...IDENTITY_KEYS), text: unheard })
  .map(({ choices, key, text }) => {
    const keys = new URLSearchParams(encodeLink(choices));
    if (key === "params" || key === "arch") {
      keys.set("model", "custom");
      keys.delete("arch");
    }
    if (key === "vram") keys.set("gpu", "custom");
    keys.set(key, text);
    return { key, search: `?${keys}` };
  });

tried(
  "a link with any one name that nobody knows has no figure, whatever else it says",
  { quick: 300, thorough: 5000 },
  (runs) => {
    fc.assert(
      fc.property(withUnknown, ({ key, search }) => {
        const { value, issues } = decodeLink(search, FULL_CATALOG);
        expect(namesAreKnown(value)).toBe(false);
        expect(issues.filter(isNotKnownIssue).map((issue) => issue.key)).toContain(key);
        const json = estimateJson(toAnswer(value, FULL_CATALOG), issues);
        expect(knownMethods(json)).toEqual([]);
        expect(json.methods.length).toBeGreaterThan(0);
        expect(json.notKnown).toMatch(/^[A-Z].*\.$/s);
        // The link keeps it, and means the same when it is read again.
        expect(decodeLink(encodeLink(value), FULL_CATALOG).value).toEqual(value);
        expect(encodeLink(value).length).toBeLessThan(2000);
      }),
      runs,
    );
  },
);

test("what is chosen in the place of an unknown name makes it known: of a model with its size, of a GPU with its memory", () => {
  const unknown: Readonly<Partial<Record<IdentityKey, string>>> = {
    model: "custom",
    params: "7Q",
    gpu: "custom",
    vram: "x",
    stack: "y",
  };
  expect(withoutFields(unknown, ["model"])).toEqual({ gpu: "custom", vram: "x", stack: "y" });
  expect(withoutFields(unknown, ["gpu", "stack"])).toEqual({ model: "custom", params: "7Q" });
  expect(withoutFields(unknown, ["batch"])).toEqual(unknown);
});

test("a name is kept as it was asked for, in few enough characters, and the same when it is kept again", () => {
  expect(unknownText("  Llama 9 8B ")).toBe("Llama 9 8B");
  for (const text of ["x".repeat(500), "é".repeat(90), "😀".repeat(60), "\u0000a\u202Eb", "a ".repeat(100)]) {
    const kept = unknownText(text);
    expect(encodeURIComponent(kept).length).toBeLessThanOrEqual(96);
    expect(unknownText(kept)).toBe(kept);
  }
});

test("an architecture that was cut off reads as none, though what is left of it could be one", () => {
  const arch =
    "nemotron_h.h2688.f1856.l52.a32.k2.d128.v131072.t0.e128.x6.m1856.p262144.act:relu2.mlp:plain.nt:rmsnorm.hp:M";
  const { value } = decodeLink(`?v=1&model=custom&arch=${arch}`, FULL_CATALOG);
  expect(value.unknown.arch).toBe(unknownText(arch));
  expect(decodeLink(encodeLink(value), FULL_CATALOG).value).toEqual(value);
  // Each sign below has several bytes: fewer of them are kept, and the last still says that there were more.
  expect(unknownText("é".repeat(100))).toMatch(/^é+…$/);
});

test("a page with the popular rows alone opens a link with an unknown name among all rows, and offers the nearest of them", async () => {
  const { choices, answer } = await openedLink({ search: "?v=1&model=starcoder2-15c" }, POPULAR_CATALOG);
  expect(choices.unknown).toEqual({ model: "starcoder2-15c" });
  expect(answer.sentences).toEqual(["Headroom does not know the model “starcoder2-15c”."]);
  expect(answer.notKnown[0]?.nearest.map(({ name }) => name)).toContain("starcoder2-15b");
  expect(answer).toMatchObject({ methods: [], mismatches: [], notes: [], countedAs: null, holders: {} });
});
