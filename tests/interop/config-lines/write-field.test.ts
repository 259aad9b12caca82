import { expect, test } from "vitest";
import {
  type Value,
  optionField,
  overrideField,
  pythonArgument,
  tomlField,
  yamlField,
} from "#interop/config-lines/setting.ts";

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
