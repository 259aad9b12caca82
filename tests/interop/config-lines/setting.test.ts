import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { STACKS } from "#catalog/stacks.ts";
import { configLines, linesInOtherLibraries } from "#interop/config-lines/config-lines.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { choicesOf } from "../../answered.ts";
import {
  type Value,
  optionField,
  overrideField,
  pythonArgument,
  tomlField,
  yamlField,
} from "#interop/config-lines/setting.ts";

const EXPANDABLE = "export PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True";
const SPLIT = "export PYTORCH_CUDA_ALLOC_CONF=max_split_size_mb:512";

describe("what is set of the allocator", () => {
  test.each(Object.keys(STACKS))("is a line for the shell, whatever the library: %s", (stack) => {
    const lines = (before: Partial<Choices>, after: Partial<Choices>) => {
      const { removed, added, versions, missing } = configLines(
        choicesOf({ stack, ...before }),
        choicesOf({ stack, ...after }),
        FULL_CATALOG,
      );
      return [removed, added, versions, missing];
    };
    expect(lines({}, { alloc: "expandable" })).toEqual([[], [EXPANDABLE], ["From PyTorch 2.1, on Linux."], []]);
    expect(lines({ alloc: "expandable" }, { alloc: 512 })).toEqual([[EXPANDABLE], [SPLIT], [], []]);
    expect(lines({ alloc: 512 }, {})).toEqual([[SPLIT], [], [], []]);
    expect(lines({ alloc: 512 }, { alloc: 512 })).toEqual([[], [], [], []]);
  });

  test("is the same line with every other library", () => {
    const elsewhere = linesInOtherLibraries(choicesOf({}), choicesOf({ alloc: "expandable" }), FULL_CATALOG);
    expect(elsewhere.length).toBeGreaterThan(5);
    for (const { removed, added } of elsewhere) expect([removed, added]).toEqual([[], [EXPANDABLE]]);
  });

  test("says nothing of how long rows are: that is the data", () => {
    const { removed, added, missing } = configLines(choicesOf({}), choicesOf({ lengths: "uniform" }), FULL_CATALOG);
    expect([removed, added, missing]).toEqual([[], [], []]);
  });
});

const at = (value: Value): { within: string; field: string; value: Value } => ({ within: "train", field: "x", value });

test.each<readonly [Value, string, string, string, string, string]>([
  ["a b", 'x="a b",', "x: a b", 'train.x = "a b"', "train.x=a b", "--train.x a b"],
  [2, "x=2,", "x: 2", "train.x = 2", "train.x=2", "--train.x 2"],
  [true, "x=True,", "x: true", "train.x = true", "train.x=True", "--train.x true"],
  [false, "x=False,", "x: false", "train.x = false", "train.x=False", "--train.x false"],
  [null, "x=None,", "x: null", "train.x = null", "train.x=None", "--train.x None"],
  [["a", "b"], 'x=["a", "b"],', "x:\n  - a\n  - b", 'train.x = ["a", "b"]', "train.x=['a','b']", "--train.x ['a','b']"],
  [{ code: "a.b" }, "x=a.b,", "x: a.b", "train.x = a.b", "train.x=a.b", "--train.x a.b"],
  [
    { fields: { a: true, b: "c" } },
    'x={"a": True, "b": "c"},',
    "x:\n  a: true\n  b: c",
    'train.x = {"a": true, "b": "c"}',
    "train.x={'a':True,'b':'c'}",
    "--train.x {'a':True,'b':'c'}",
  ],
])("%j is written as Python, YAML, TOML, an override and an option have it", (value, ...written) => {
  const [python, yaml, toml, override, option] = written;
  const field = at(value);
  expect(pythonArgument("train")(field)).toBe(python);
  expect(yamlField(field)).toBe(yaml);
  expect(tomlField(field)).toBe(toml);
  expect(overrideField(field)).toBe(override);
  expect(optionField(field)).toBe(option);
});

test("an argument of another call than the file's says which", () => {
  expect(pythonArgument("main")(at(2))).toBe("x=2,  # train");
});

test("what stands in no section has no dot before it", () => {
  const field = { within: "", field: "x", value: 2 };
  expect([overrideField(field), optionField(field)]).toEqual(["x=2", "--x 2"]);
});
