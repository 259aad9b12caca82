import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { COUNT_FIELDS } from "#interop/config-json/count-fields.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importMeasuredRow } from "#interop/measure/measured-rows.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { importedFiles } from "#service/answers/files.ts";
import { askedOfAll, INHERITED, WATCHED } from "../../inherited.ts";
import { madeRow } from "../measured/made-row.ts";
import { importText } from "./import-text.ts";

const FOLDERS = ["imports", "imports-text"].map((name) => new URL(`../../golden/${name}/`, import.meta.url));

const FILES = new Set(
  FOLDERS.flatMap((folder) =>
    readFileSync(new URL("expected.jsonl", folder), "utf8")
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [(JSON.parse(line) as { file: string | string[] }).file].flat()))
      .map((file) => new URL(file, folder)),
  ).map(({ pathname }) => pathname),
);

/** The words of all files, each once in the files of its tool, with a text that it stands in. */
const WORDS = [
  ...new Map(
    [...FILES].flatMap((file) => {
      const text = readFileSync(file, "utf8");
      const tool = file.slice(0, file.lastIndexOf("/"));
      return (text.match(/[A-Za-z_]\w*/g) ?? []).map((word) => [`${tool} ${word}`, { text, word }] as const);
    }),
  ).values(),
];

const CONFIG = {
  model_type: "llama",
  architectures: ["LlamaForCausalLM"],
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  vocab_size: 1000,
  hidden_act: "silu",
  layer_types: ["full_attention", "conv"],
  torch_dtype: "bfloat16",
  quantization_config: { quant_method: "gptq", bits: 4 },
};

/** Config.json files with a word in the place of each value, and as the name of a field. */
const configs = (word: string): readonly string[] => [
  ...[...Object.keys(CONFIG), ...Object.values(COUNT_FIELDS).flatMap(({ names }) => names)].flatMap((name) => [
    JSON.stringify({ ...CONFIG, [name]: word }),
    JSON.stringify({ ...CONFIG, [name]: [word, word] }),
    JSON.stringify({ ...CONFIG, [name]: { [word]: word } }),
  ]),
  JSON.stringify({ ...CONFIG, text_config: { ...CONFIG, model_type: word } }),
  JSON.stringify({ ...CONFIG, quantization_config: { quant_method: word, [word]: word } }),
  `{"${word}": {"hidden_size": 8}, ${JSON.stringify(CONFIG).slice(1)}`,
];

const onPage = async (text: string): Promise<unknown> =>
  importedFiles({ files: [{ name: "config.json", text }], choices: DEFAULT_CHOICES }, FULL_CATALOG);

test("no word of a training file finds what every object has", async () => {
  const places = await askedOfAll(() => {
    for (const { text, word } of WORDS) importText(text.replaceAll(new RegExp(`\\b${word}\\b`, "g"), WATCHED));
  });
  expect(places).toEqual([]);
});

test("no word of a config.json or of a measured row finds what every object has", async () => {
  const places = await askedOfAll(async () => {
    for (const text of configs(WATCHED)) await onPage(text);
    const row = JSON.stringify(madeRow());
    for (const word of new Set(row.match(/[A-Za-z_]\w*/g)))
      importMeasuredRow(
        [{ name: "row", text: row.replaceAll(new RegExp(`\\b${word}\\b`, "g"), WATCHED) }],
        FULL_CATALOG,
      );
  });
  expect(places).toEqual([]);
});

test.each(INHERITED)("%s in any place of a config.json is a word like another", async (word) => {
  for (const text of configs(word))
    expect(JSON.stringify(await onPage(text))).not.toMatch(/native code|\[object|"undefined/);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

const NAMED = ["hidden_size", "r", "model_name_or_path", "quant_method"];

test.each([
  ["JSON", (word: string) => `{"peft_type": "LORA", "${word}": {"hidden_size": 8, "r": 3}, "r": 4}`],
  ["YAML", (word: string) => `peft_type: LORA\n${word}:\n  r: 3\n  hidden_size: 8\nr: 4\n`],
  ["YAML that merges", (word: string) => `base: &b {${word}: {r: 3}}\n<<: *b\npeft_type: LORA\nr: 4\n`],
  ["TOML", (word: string) => `[model]\nname = "llama3"\nflavor = "8B"\n[${word}]\nr = 3\nhidden_size = 8\n`],
  ["a command", (word: string) => `swift sft --model Qwen/Qwen3-8B --${word} '{"r": 3}' --lora_rank 4`],
  ["Python", (word: string) => `from peft import LoraConfig\n${word} = 3\nLoraConfig(r=4, ${word}={"r": ${word}})\n`],
])("%s brings no field to other objects", (_, textOf) => {
  for (const word of [...INHERITED, "prototype", "constructor.prototype", "a.__proto__"]) {
    importText(textOf(word));
    for (const name of NAMED) expect(({} as Record<string, unknown>)[name]).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  }
});
