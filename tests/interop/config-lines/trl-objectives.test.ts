import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { configLines, libraryOf, linesInOtherLibraries } from "#interop/config-lines/config-lines.ts";
import { trlLines } from "#interop/config-lines/libraries/trl.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { type Case, changed } from "./changed.ts";

const DPO = { objective: "dpo" } as const;
const GRPO = { objective: "grpo", batch: 8 } as const;

describe("a trainer of TRL that is not SFT's", () => {
  test.each<Case>([
    ["shorter rows", DPO, { seq: 512 }, ["- max_length=2048,", "+ max_length=512,"]],
    ["a copy as the reference", DPO, { ref: "copy" }, ["+ ref_model=ref_model,  # DPOTrainer"]],
    ["a copy that full fine-tuning has anyway", { ...DPO, method: "full" }, { ref: "copy" }, []],
    [
      "numbers of a reference that were made before",
      { ...DPO, ref: "copy" },
      { ref: "precomputed" },
      ["- ref_model=ref_model,  # DPOTrainer", "+ precompute_ref_log_probs=True,", "+ ref_model=None,  # DPOTrainer"],
    ],
    ["shorter prompts", DPO, { prompt: 256 }, ["? TRL has no field for how long prompts are: rows are cut as wholes."]],
    ["more padding", DPO, { fill: 0.5 }, ["? TRL has no field for how much of a completion is padding."]],
    ["a reference by its weight", GRPO, { beta: 0.04 }, ["+ beta=0.04,"]],
    [
      "shorter rows of which half is generated",
      GRPO,
      { seq: 1024 },
      [
        "- max_completion_length=1024,",
        "+ max_completion_length=512,",
        "? TRL has no field for prompts of 512 tokens: they are as long as the data makes them.",
      ],
    ],
    [
      "fewer completions than a prompt has by itself",
      GRPO,
      { batch: 4 },
      ["- per_device_train_batch_size=8,", "+ per_device_train_batch_size=4,", "+ num_generations=4,"],
    ],
  ])("%s", (...[, before, patch, lines]) => {
    expect(changed({ stack: "trl", ...before }, patch)).toEqual(lines);
  });

  test("is CPO's for SimPO, with its loss alone", () => {
    expect(changed({ stack: "trl", objective: "cpo" }, { objective: "simpo" })).toEqual(
      expect.arrayContaining(['+ loss_type="simpo",', "+ cpo_alpha=0,"]),
    );
  });

  test("has a file of its own, whichever version of TRL is counted", () => {
    expect(libraryOf({ stack: "trl", objective: "dpo" }).file).toBe("DPOConfig, TRL");
    expect(libraryOf({ stack: "trl-1.14", objective: "dpo" })).toBe(trlLines("dpo"));
    expect(libraryOf({ stack: "trl", objective: "sft" }).file).toBe("SFTConfig, TRL");
    expect(libraryOf({ stack: "axolotl", objective: "sft" }).file).toBe("Axolotl YAML");
  });

  test("comes with all its lines where SFT was before", () => {
    const choices: Choices = { ...DEFAULT_CHOICES, stack: "trl" };
    const { file, removed, added } = configLines(choices, { ...choices, objective: "dpo" }, FULL_CATALOG);
    expect([file, removed]).toEqual(["DPOConfig, TRL", []]);
    expect(added).toEqual(expect.arrayContaining(["max_length=2048,", "per_device_train_batch_size=1,"]));
  });

  test("has lines in files of libraries that train for the same alone", () => {
    const choices: Choices = { ...DEFAULT_CHOICES, stack: "trl", objective: "dpo", batch: 4 };
    const files = linesInOtherLibraries(choices, { ...choices, batch: 2 }, FULL_CATALOG).map(({ file }) => file);
    expect(files).toEqual(["YAML, TRL"]);
  });

  test("starts on the command line by its word", () => {
    const choices: Choices = { ...DEFAULT_CHOICES, stack: "trl", objective: "dpo" };
    const [yaml] = linesInOtherLibraries(choices, { ...choices, gpus: 2 }, FULL_CATALOG);
    expect(yaml?.added.join("\n")).toContain("trl dpo --config config.yaml");
  });
});
