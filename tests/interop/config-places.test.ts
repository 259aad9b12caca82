import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonPlaces, placeWords } from "#interop/config-json/json-places.ts";
import { parseConfigJson } from "#interop/config-json/config-json.ts";
import { tried } from "../tried.ts";

const messages = (text: string): readonly string[] => parseConfigJson(text).issues.map(({ message }) => message);
const problem = (text: string): string | undefined => messages(text)[0]?.replace("config.json is not JSON. ", "");

const LLAMA = `{
  "model_type": "llama",
  "hidden_size": 4096,
  "intermediate_size": 11008,
  "num_attention_heads": 32,
  "vocab_size": 32000,
  "num_hidden_layers": 32,
  "max_position_embeddings": 4096
}`;

describe("what is wrong with a value of a config.json is said with line and column", () => {
  test.each([
    [
      LLAMA.replace(': 32,\n  "max', ': "32x",\n  "max'),
      'Line 7, column 24: a whole number was expected for num_hidden_layers, not "32x"; it is left out.',
    ],
    [
      LLAMA.replace(': 32,\n  "max', ': 4097,\n  "max'),
      "Line 7, column 24: a number from 1 to 4,096 was expected for num_hidden_layers, not 4097; it is left out.",
    ],
    [
      LLAMA.replace("4096\n", '4096,\n  "mlp_bias": "no"\n'),
      'Line 9, column 15: true or false was expected for mlp_bias, not "no"; it is left out.',
    ],
    [
      LLAMA.replace("4096\n", '4096,\n  "layer_types": ["conv"]\n'),
      'Line 9, column 18: one name for each layer was expected for layer_types, not ["conv"]; it is left out.',
    ],
    [
      LLAMA.replace("4096\n", '4096,\n  "num_kv_heads": 1.5\n'),
      "Line 9, column 19: a whole number was expected for num_kv_heads, not 1.5; it is left out.",
    ],
  ])("%#", (text, said) => expect(messages(text)).toContain(said));

  test("in the part of a multimodal model that counts, and of a field given twice at the last one", () => {
    expect(messages(`{"hidden_size": 8,\n"text_config": {"hidden_size": 1, "hidden_size": "x"}}`)[0]).toMatch(
      /^Line 2, column 50: a whole number was expected for hidden_size, not "x"/,
    );
    expect(messages(`{"hidden_size": "x",\n"text_config": {}}`)[0]).toMatch(/^Line 1, column 17: /);
  });

  test("and what is assumed, or is nowhere in it, without", () => {
    expect(messages("{}")[0]).toBe("num_hidden_layers is needed and is not there.");
    for (const message of messages('{ "model_type": "llama" }')) expect(message).not.toMatch(/^Line/);
    for (const message of messages(LLAMA.replace('"llama"', '"hypermodel"'))) expect(message).not.toMatch(/^Line/);
  });
});

describe("where a text breaks off being JSON is said, and what was expected there", () => {
  test.each([
    ["", "Line 1, column 1: { was expected, but the text ends."],
    ["\n\n model_type: llama", "Line 3, column 2: { was expected, not model_type."],
    ["{\n  'a': 1 }", "Line 2, column 3: a field’s name in double quotes, or }, was expected, not 'a'."],
    ['{ "a": 1, }', "Line 1, column 11: a field’s name in double quotes was expected, not }."],
    ['{ "a": 1\r\n  "b": 2 }', 'Line 2, column 3: a comma or } was expected, not "b".'],
    ['{ "a" 1 }', 'Line 1, column 7: a colon after "a" was expected, not 1.'],
    ['{ "a": 32x }', "Line 1, column 8: a value was expected, not 32x."],
    ['{ "a": True }', "Line 1, column 8: a value was expected, not True."],
    ['{ "a": 007 }', "Line 1, column 8: a value was expected, not 007."],
    ['{ "a": [ }', "Line 1, column 10: a value or ] was expected, not }."],
    ['{ "a": [1, ] }', "Line 1, column 12: a value was expected, not ]."],
    ['{ "a": [1 2] }', "Line 1, column 11: a comma or ] was expected, not 2."],
    ['{ "a": 1', "Line 1, column 9: a comma or } was expected, but the text ends."],
    ['{ "a": "b', "Line 1, column 10: a closing quotation mark was expected, but the text ends."],
    ['{ "a": "b\n" }', "Line 1, column 10: a closing quotation mark was expected, not the end of the line."],
    ['{ "a": "b\\q" }', "Line 1, column 10: a closing quotation mark was expected, not \\q."],
    ["{} {}", "Line 1, column 4: nothing more was expected, not {."],
    ["{}\r// a comment", "Line 2, column 1: nothing more was expected, not //."],
    [`{"a": ${"[".repeat(200)}`, "Line 1, column 106: an end of the nesting after 100 levels was expected, not [."],
  ])("%j", (text, said) => expect(problem(text)).toBe(said));

  test("of any length in time", () => {
    expect(problem("[".repeat(2 ** 20))).toMatch(/^Line 1, column 101: /);
    expect(problem(`{"a": "${"x".repeat(2 ** 20 - 20)}`)).toContain("the text ends");
  });

  tried("exactly where JSON.parse refuses it, and nowhere else", { quick: 1000, thorough: 100_000 }, (runs) => {
    const isJson = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"',
      "\\",
      "1",
      "-",
      "0",
      "e",
      ".",
      "true",
      "nul",
      "l",
      " ",
      "\n",
      "\u0001",
      "\u00A0",
      "\\u00e",
      "é",
    );
    const broken = fc
      .tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.nat({ max: 3 }), fc.array(piece, { maxLength: 3 }))
      .map(([json, at, cut, pieces]) => {
        const index = at % (json.length + 1);
        return json.slice(0, index) + pieces.join("") + json.slice(index + cut);
      });
    fc.assert(
      fc.property(
        fc.oneof(
          broken,
          fc.array(piece).map((pieces) => pieces.join("")),
        ),
        (text) => {
          expect(jsonPlaces(text).problem === null).toBe(isJson(text));
        },
      ),
      runs,
    );
  });

  tried("a field's value begins where its place says", { quick: 100, thorough: 5000 }, (runs) => {
    const config = fc.dictionary(
      fc.string({ minLength: 1 }).filter((key) => !key.includes("/")),
      fc.jsonValue({ maxDepth: 1 }),
    );
    fc.assert(
      fc.property(config, fc.constantFrom(0, 1, 4), (fields, indent) => {
        const text = JSON.stringify(fields, null, indent);
        const { valueIndexes } = jsonPlaces(text);
        for (const [key, value] of Object.entries(fields))
          expect(text.slice(valueIndexes.get(key)).startsWith(JSON.stringify(value, null, indent).slice(0, 1))).toBe(
            true,
          );
      }),
      runs,
    );
  });
});

test("a place is counted from 1, over line ends of every kind", () => {
  expect(placeWords("abc", 0)).toBe("Line 1, column 1");
  expect(placeWords("a\r\nb\nc\rd", 7)).toBe("Line 4, column 1");
});
