import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { architecture } from "#scenario/keys/codec/architecture.ts";
import { decodeSkips, encodeSkips } from "#scenario/keys/codec/lists.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

describe("A list of modules in a link", () => {
  test.each([
    [["model.layers.1.mlp", "model.layers.2.mlp", "model.layers.3.mlp"], "mlp,1-3"],
    [["model.layers.37.self_attn.o_proj", "model.layers.39.self_attn.o_proj"], "self_attn*o_proj,37,39"],
    [["down_proj", "model.layers.0.mlp"], "down_proj:mlp,0"],
  ])("%j is %s, and back", (names, text) => {
    expect(encodeSkips(names)).toBe(text);
    expect(decodeSkips(text)).toEqual(names);
  });

  test("is in the order of layers, each once", () => {
    const names = ["model.layers.3.mlp", "model.layers.1.mlp", "model.layers.3.mlp"];
    expect(decodeSkips(encodeSkips(names))).toEqual(["model.layers.1.mlp", "model.layers.3.mlp"]);
  });

  test("leaves out what is no path", () => expect(encodeSkips(["re:.*gate", "a b", "mlp"])).toBe("mlp"));

  test.each(["", "mlp,", "mlp,3-1", "mlp,1-9999", "mlp,x", ":", "mlp:", "m p", "mlp,1024"])("%j is none", (text) =>
    expect(decodeSkips(text)).toBeNull(),
  );

  test("comes back as it was", () => {
    const path = fc.constantFrom("mlp", "self_attn", "self_attn.o_proj", "mlp.down_proj");
    const name = fc.oneof(
      fc.constantFrom("gate", "down_proj"),
      fc.tuple(fc.nat(1023), path).map(([layer, rest]) => `model.layers.${layer}.${rest}`),
    );
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 60 }), (names) => {
        const found = decodeSkips(encodeSkips(names)) ?? [];
        expect(new Set(found)).toEqual(new Set(names));
        expect(decodeSkips(encodeSkips(found))).toEqual(found);
      }),
    );
  });

  test("is part of an architecture", () => {
    const row = FULL_CATALOG.models["llama-3.2-1b"];
    if (row === undefined) throw new Error("no such model");
    const pasted = { ...row.architecture, llm_int8_skip_modules: ["model.layers.1.mlp", "model.layers.2.mlp"] };
    const arch = architecture.encode(pasted);
    expect(arch).toMatch(/\.nq:mlp,1-2$/);
    const { value, issues } = decodeLink(`?v=1&model=custom&arch=${arch}`, FULL_CATALOG);
    expect([value.model, issues]).toEqual([{ kind: "architecture", architecture: pasted }, []]);
    expect(architecture.decode("llama.h4096.l32.a32.v32000.nq:mlp,x").problems.map(({ why }) => why)).toContain(
      "has the part nq:mlp,x, which is no list of modules",
    );
  });
});
