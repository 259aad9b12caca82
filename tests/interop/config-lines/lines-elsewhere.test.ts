import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type ConfigLines, linesInOtherLibraries } from "#interop/config-lines/config-lines.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

const elsewhere = (before: Partial<Choices>, patch: Partial<Choices>): ReadonlyMap<string, ConfigLines> => {
  const choices = { ...DEFAULT_CHOICES, ...before };
  const lines = linesInOtherLibraries(choices, { ...choices, ...patch }, FULL_CATALOG);
  const byFile = new Map(lines.map((each) => [each.file, each]));
  expect(byFile.size).toBe(lines.length);
  return byFile;
};

describe("a change in the file of another library", () => {
  const found = elsewhere({ batch: 4 }, { batch: 2, accum: 2, loss: "fused" });

  test("is what changes there, from what is counted to what is counted then", () => {
    expect(found.get("Axolotl YAML")).toEqual({
      file: "Axolotl YAML",
      removed: ["micro_batch_size: 4"],
      added: [
        "micro_batch_size: 2",
        "gradient_accumulation_steps: 2",
        "plugins:",
        "  - axolotl.integrations.liger.LigerPlugin",
        "liger_fused_linear_cross_entropy: true",
      ],
      versions: ["From axolotl 0.5."],
      missing: [],
    });
  });

  test("says in a sentence what it has no field for, and is none of those that stay", () => {
    expect(found.get("JSON, DeepSpeed")?.missing).toEqual(["DeepSpeed has no field for a fused loss."]);
    expect(found.get("Options of litgpt finetune, LitGPT")?.missing).toEqual(["LitGPT has no field for a fused loss."]);
  });

  test("has a line at least: DeepSpeed's JSON knows nothing of losses", () => {
    expect(elsewhere({}, { loss: "fused" }).has("JSON, DeepSpeed")).toBe(false);
    for (const { removed, added } of found.values()) expect([...removed, ...added]).not.toEqual([]);
  });

  test("is of no library without the method", () => {
    const files = (method: Choices["method"]) => [...elsewhere({ method, batch: 4 }, { batch: 2, accum: 2 }).keys()];
    expect(files("lora")).not.toContain("torchtitan TOML");
    expect(files("full")).toContain("torchtitan TOML");
  });

  test("is the chosen library's own in no case, whichever of its versions is counted", () => {
    for (const stack of ["trl", "trl-0.13", "fms-acceleration"])
      expect([...elsewhere({ stack, batch: 4 }, { batch: 2 }).keys()]).not.toContain("SFTConfig, TRL");
    expect([...found.keys()]).toContain("SFTConfig, TRL");
    expect([...found.keys()]).not.toContain("TrainingArguments, Transformers");
  });
});
