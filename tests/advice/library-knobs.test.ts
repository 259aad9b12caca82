import { describe, expect, test } from "vitest";
import { allKnobs } from "#advice/knobs/all-knobs.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

/** The libraries that are offered, by the ids of their knobs. */
const offered = (patch: Partial<Choices>): readonly string[] =>
  allKnobs({ ...DEFAULT_CHOICES, ...patch }, FULL_CATALOG)
    .filter(({ subject }) => subject === "library")
    .map(({ id }) => id);

describe("knobs of the library", () => {
  test("are other libraries as they are today; a rule of thumb is none", () => {
    const ids = offered({ stack: "trl" });
    expect(ids).toContain("stack-transformers");
    expect(ids).not.toContain("stack-trl");
    expect(ids).not.toContain("stack-article");
    expect(ids.filter((id) => /-\d/.test(id))).toEqual([]);
    expect(offered({ stack: "article" })).toEqual([]);
  });

  test("are those whose model code has the modules that are named: LitGPT's has q, k and v apart where others have one", () => {
    const named: Partial<Choices> = { model: { kind: "catalog", id: "pythia-70m" }, stack: "litgpt" };
    expect(offered(named)).toContain("stack-transformers");
    expect(offered({ ...named, targets: ["v_proj"] })).not.toContain("stack-transformers");
    expect(offered({ ...named, save: ["v_proj"] })).not.toContain("stack-transformers");
  });
});
