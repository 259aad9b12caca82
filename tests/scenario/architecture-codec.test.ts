import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import {
  architecture,
  decodeLayers,
  encodeLayers,
  escapePart,
  unescapePart,
} from "#scenario/keys/codec/architecture.ts";
import { ARCHITECTURE_FIELDS } from "#scenario/keys/codec/architecture-fields.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

describe("an architecture in a link", () => {
  it.each(Object.entries(FULL_CATALOG.models))("of %s comes back as it was", (_, row) => {
    const text = architecture.encode(row.architecture);
    expect(architecture.decode(text)).toEqual({ value: row.architecture, problems: [] });
    expect(text.length).toBeLessThan(600);
  });

  it("begins as the contract has it", () => {
    expect(architecture.encode(FULL_CATALOG.models["llama-2-7b"]?.architecture ?? never())).toMatch(
      /^llama\.h4096\.f11008\.l32\.a32\.k32\.d128\.v32000\.t0\./,
    );
  });

  it("has a tag for each field, none twice, and none that could be taken for the value of another", () => {
    const tags = ARCHITECTURE_FIELDS.map(({ tag }) => tag);
    expect(new Set(tags).size).toBe(tags.length);
    for (const tag of tags) expect(tag).toMatch(/^[a-z]+$/);
    const used = new Set(Object.values(FULL_CATALOG.models).flatMap((row) => Object.keys(row.architecture)));
    const known = new Set<string>(["model_type", ...ARCHITECTURE_FIELDS.map(({ field }) => field)]);
    expect([...used].filter((field) => !known.has(field))).toEqual([]);
  });

  it("says nothing of the length that most models have", () => {
    const row = FULL_CATALOG.models["llama-3.1-8b"] ?? never();
    expect(row.architecture.max_position_embeddings).toBe(131_072);
    expect(architecture.encode(row.architecture)).not.toMatch(/\.p\d/);
  });

  it("has heads of one element at least, where it says nothing of them", () => {
    const { value } = architecture.decode("llama.h1.l1.a4.k4.v8.t0");
    expect(value).toMatchObject({ hidden_size: 1, num_attention_heads: 4, head_dim: 1 });
  });

  it("keeps that queries and keys have no norm, beside words for the norms they may have", () => {
    const row = FULL_CATALOG.models["llama-2-7b"]?.architecture ?? never();
    for (const qk_norm of [false, "head"] as const) {
      const { value, problems } = architecture.decode(architecture.encode({ ...row, qk_norm }));
      expect([value?.qk_norm, problems]).toEqual([qk_norm, []]);
    }
  });

  it("keeps a model type and words with any sign in them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        expect(escapePart(text)).toMatch(/^[\w*~-]*$/);
        expect(unescapePart(escapePart(text))).toBe(text);
      }),
    );
  });

  it("keeps the kind of each layer, in runs", () => {
    expect(encodeLayers(["gdn", "gdn", "gdn", "attn", "gdn"])).toBe("gdn,attn:a3ba");
    const layers = fc.array(fc.constantFrom("gdn", "attn", "moe+dense", "sliding_attention", "a,b"), {
      minLength: 1,
      maxLength: 128,
    });
    fc.assert(
      fc.property(layers, (kinds) => {
        expect(decodeLayers(encodeLayers(kinds))).toEqual(kinds);
      }),
    );
  });

  it.each(["", "a", "x:", "gdn:b", "gdn:a99999", "gdn:a1000a1000", "a:a:a"])(
    "%j is no list of layers, or an empty one",
    (text) => {
      expect(decodeLayers(text) ?? []).toEqual([]);
    },
  );

  it.each([
    ["llama.h4096.l32.a32.v32000.zz9", "has the part zz9, which is no field of an architecture"],
    ["llama.h4096.l32.a32.v32000.mlp:odd", "has the part mlp:odd, which is none of gated, plain"],
    ["llama.h4096.l9999.a32.v32000", "has l9999, which is above 1024"],
    ["llama.h4096.l32.a32.v32000.lk:?", "has the part lk:?, which is no list of layers"],
    ["llama.h4096p5.l32.a32.v32000", "has the part h4096p5, which is not a whole number"],
    ["llama..h4096.l32.a32.v32000", "has an empty part, which is no field of an architecture"],
    [".h4096", "lacks the model type before its first point"],
  ])("%s %s", (text, why) => {
    expect(architecture.decode(text).problems.map((problem) => problem.why)).toContain(why);
  });
});

it.each([1, 2, 8, 64])("a Gemma 3n of %i streams is a model that can run", (altup_num_inputs) => {
  const row = FULL_CATALOG.models["gemma-3n-e2b"] ?? never();
  const arch = architecture.encode({ ...row.architecture, altup_num_inputs });
  const { value, issues } = decodeLink(`?v=1&model=custom&arch=${arch}`, FULL_CATALOG);
  expect(issues).toEqual([]);
  expect(value.model).toMatchObject({ kind: "architecture", architecture: { altup_num_inputs } });
});

const never = (): never => {
  throw new Error("the catalog lacks the model of this test");
};

it("docs/links.md names every tag beside its field", () => {
  const page = readFileSync(new URL("../../docs/links.md", import.meta.url), "utf8");
  const rows = page.slice(page.indexOf("## `arch`")).split("\n");
  const words = (cell = ""): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
  const pairs = rows.flatMap((row) => {
    const [, tags, fields] = row.split("|");
    return words(tags).map((tag, index) => [tag, words(fields)[index]]);
  });
  const documented = new Map(pairs.map(([tag = "", field]) => [tag, field]));
  for (const { tag, field } of ARCHITECTURE_FIELDS) expect(documented.get(tag)).toBe(field);
  expect(documented.size).toBe(ARCHITECTURE_FIELDS.length);
});
