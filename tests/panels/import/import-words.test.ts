import { describe, expect, it } from "vitest";
import { type ImportLine, notModeledWords } from "#interop/import/import-result.ts";
import type { ImportResult } from "#panels/import/import-state.ts";
import { hasControl } from "#panels/import/ImportedLists.tsx";
import { checkedFieldsWords, fieldWords, refusalWords, importSummary, toolWords } from "#panels/import/import-words.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { LINK_KEYS } from "#scenario/choices/encode-link.ts";

const line = (sentence: string | null = null): ImportLine => ({
  at: { file: "a.yaml", line: 1 },
  field: "lora_r: 8",
  key: "r",
  text: "8",
  sentence,
});

const taken = (found: Partial<ImportResult["found"]> = {}): ImportResult => ({
  names: ["a.yaml", "zero2.json"],
  before: DEFAULT_CHOICES,
  after: DEFAULT_CHOICES,
  found: {
    kind: "imported",
    choices: DEFAULT_CHOICES,
    tools: ["Axolotl 0.18.0", "DeepSpeed 0.19.6"],
    checked: 34,
    lists: {
      notModelled: [line("why")],
      assumed: [],
      read: [line(), line()],
      ignored: [line("not known here"), line()],
    },
    ...found,
  },
});

describe("what is said of an import", () => {
  it("is which tools, how many fields are known, and how many change memory and are not modelled", () => {
    expect(toolWords(taken())).toBe("Axolotl 0.18.0, with DeepSpeed 0.19.6.");
    expect(checkedFieldsWords(taken())).toBe("Checked 33 of 34 fields");
    expect(notModeledWords(taken().found.lists)).toBe("1 changes memory and is not modelled");
    const lists = { notModelled: [line(), line()], assumed: [], read: [], ignored: [] };
    expect(checkedFieldsWords(taken({ lists }))).toBe("Checked all 34 fields");
    expect(notModeledWords(lists)).toBe("2 change memory and are not modelled");
    expect(notModeledWords({ ...lists, notModelled: [] })).toBeNull();
    expect(checkedFieldsWords(taken({ checked: 0 }))).toBeNull();
    expect(checkedFieldsWords(taken({ checked: 0, tools: ["config.json"] }))).toBe(
      "The model is the one of this file; all else stays",
    );
    expect(toolWords(taken({ tools: ["DeepSpeed", "DeepSpeed"] }))).toBe("DeepSpeed.");
  });

  it("fits on the button: what there is none of is left out", () => {
    expect(importSummary(taken())).toBe("a.yaml, zero2.json: 2 read, 1 not modelled");
    expect(importSummary({ ...taken(), names: ["a", "b", "c"] })).toBe("a and 2 others: 2 read, 1 not modelled");
  });

  it("names what no field says by its key", () => {
    expect(fieldWords(line())).toBe("lora_r: 8");
    expect(fieldWords({ ...line(), at: null, field: "gpus", text: "2" })).toBe("gpus 2");
  });

  it("says where a text is refused, and of which file where its text is not in sight", () => {
    const refusal = { file: "a.yaml", line: 3, sentence: "This is not YAML." };
    expect(refusalWords(refusal, "a.yaml")).toBe("Line 3: This is not YAML.");
    expect(refusalWords(refusal, "Pasted text")).toBe("a.yaml, line 3: This is not YAML.");
    expect(refusalWords({ ...refusal, line: null }, "a.yaml")).toBe("This is not YAML.");
    expect(refusalWords({ ...refusal, line: null }, "")).toBe("a.yaml: This is not YAML.");
  });
});

it("every key that says something of a run has a control to go to", () => {
  const others = ["v", "embed", "theme", "only", "hide", "lock"];
  expect(LINK_KEYS.filter((key) => !hasControl(key) && !others.includes(key))).toEqual([]);
});
