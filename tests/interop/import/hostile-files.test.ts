import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { test } from "vitest";
import { tried } from "../../tried.ts";
import { answers } from "./answers.ts";

const GOLDEN = fileURLToPath(new URL("../../golden/imports-text/files/", import.meta.url));

const FILES = readdirSync(GOLDEN, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8"));

const TIMES = { quick: 60, thorough: 1000 };

const file = fc.constantFrom(...FILES);

/** Pieces of the four formats, in any order. */
const PIECES = [
  ..."()[]{}<>,.:;='\"`#$\\|&!%@*+-/ \n\t".split(""),
  "'''",
  '"""',
  "import x\n",
  "LoraConfig(",
  "FastLanguageModel.from_pretrained(",
  "r = ",
  "**kw",
  "f'{r}'",
  "swift sft ",
  "trl sft ",
  "accelerate launch ",
  "--model ",
  "--lora_rank=",
  "--x.py ",
  "-m ",
  "$(expr 1 / 0)",
  "${A:-",
  "$((",
  "<<EOF\n",
  "A=(",
  "[model]\n",
  "name = ",
  "[[a.b]]\n",
  "1e999",
  "-0",
  "1_0",
  "None",
  "true",
  "not ",
  " if ",
  " else ",
  "\u2028",
  "\u202e",
  "😀",
];
const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(""));
const BEGINNINGS = ["", "import x\n", "#!/bin/bash\n", "swift sft --model a ", "[model]\nname = 'x'\n", "{"];

tried("half of a file is read, or refused with a sentence", TIMES, (runs) => {
  fc.assert(
    fc.property(file, fc.double({ min: 0, max: 1, noNaN: true }), (text, part) => {
      answers(text.slice(0, Math.floor(text.length * part)));
      answers(text.slice(Math.floor(text.length * part)));
    }),
    runs,
  );
});

tried("a file with anything put into it is read, or refused with a sentence", TIMES, (runs) => {
  fc.assert(
    fc.property(file, fc.double({ min: 0, max: 1, noNaN: true }), fc.oneof(soup, fc.string()), (text, part, more) => {
      const at = Math.floor(text.length * part);
      answers(text.slice(0, at) + more + text.slice(at));
    }),
    runs,
  );
});

tried("pieces of all formats in any order are read, or refused with a sentence", TIMES, (runs) => {
  fc.assert(
    fc.property(fc.constantFrom(...BEGINNINGS), soup, (beginning, text) => answers(beginning + text)),
    runs,
  );
});

tried("any text, binary or of any signs, is refused with a sentence or read", TIMES, (runs) => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ unit: "grapheme" })), (text) => {
      answers(text);
      answers(`swift sft --model '${text}`, `import x\nLoraConfig(r=${text})`);
    }),
    runs,
  );
});

tried("values of any kind in any field end in a link or a sentence", TIMES, (runs) => {
  const value = fc.oneof(
    fc.constantFrom("1e308", "-1", "0", "99999999999999999999", "0.1", "''", "[]", "{}", "None", "true", "[[1]]"),
    fc.string({ maxLength: 20 }).map((text) => JSON.stringify(text)),
    fc.double().map(String),
  );
  fc.assert(
    fc.property(file, value, fc.nat(), (text, made, which) => {
      const places = [...text.matchAll(/(?<=[=:] ?|--\w+ )[\w.-]+/g)];
      const place = places[which % Math.max(1, places.length)];
      if (place === undefined) return;
      answers(text.slice(0, place.index) + made + text.slice(place.index + place[0].length));
    }),
    runs,
  );
});

tried("several files together end in a link or a sentence", { quick: 20, thorough: 500 }, (runs) => {
  fc.assert(
    fc.property(fc.array(file, { minLength: 2, maxLength: 4 }), (texts) => answers(...texts)),
    runs,
  );
});

const DEEP = 50_000;
const BOMB = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi"
  .split("")
  .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(",")}]\n`)
  .join("")}`;

test.each([
  ["brackets of Python", `import x\nLoraConfig(r=${"(".repeat(DEEP)}`],
  ["closed brackets of Python", `import x\nLoraConfig(r=${"[".repeat(DEEP)}${"]".repeat(DEEP)})`],
  ["calls in calls", `import x\n${"LoraConfig(r=".repeat(DEEP)}`],
  ["signs before a number", `import x\nLoraConfig(r=${"-".repeat(DEEP)}1)`],
  ["words of no before a value", `import x\nLoraConfig(r=${"not ".repeat(DEEP)}True)`],
  ["sums without end", `import x\nLoraConfig(r=${"1+".repeat(DEEP)}1)`],
  ["braces of JSON", `{"a":`.repeat(DEEP)],
  ["closed braces of JSON", `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`],
  ["braces of a flag", `swift sft --model '${'{"a":'.repeat(5000)}1${"}".repeat(5000)}'`],
  ["tables of TOML", `[model]\nname = ${"[".repeat(DEEP)}${"]".repeat(DEEP)}`],
  ["dotted keys of TOML", `[model]\n${"a.".repeat(DEEP)}a = 1`],
  ["aliases of YAML", BOMB],
  [
    "anchors of YAML, each with its alias",
    Array.from({ length: 4_000 }, (_, n) => `a${n}: &a${n} 1\nb${n}: *a${n}`).join("\n"),
  ],
  ["substitutions of a shell", `swift sft --model ${"$(".repeat(DEEP)}`],
  ["variables of a shell", `swift sft --model ${"${A:-".repeat(DEEP)}`],
  ["quotations of a shell", `swift sft --model ${"'a' ".repeat(DEEP)}`],
  ["one quotation of many lines", `swift sft --model '${"a\n".repeat(DEEP)}`],
  ["backslashes", `swift sft --model ${"\\".repeat(DEEP)}`],
  ["continued lines", `swift sft ${"\\\n".repeat(DEEP)}--model a`],
  [
    "settings beside a config",
    `tune run lora_finetune_single_device --config llama3/8B_lora ${Array.from({ length: 2000 }, (_, n) => `a${n}=1`).join(" ")}`,
  ],
  ["flags without end", `swift sft ${"--a ".repeat(DEEP)}`],
  ["a number of many digits", `swift sft --lora_rank ${"9".repeat(DEEP)}`],
  ["digits and underscores", `import x\nLoraConfig(r=${"1_".repeat(DEEP)}1)`],
  ["a name of many letters", `import x\n${"a".repeat(DEEP)}(r=1)`],
  ["lines that could be sections", `${"[".repeat(DEEP)}\na = 1`],
  ["spaces", `swift sft${" ".repeat(DEEP)}--model a`],
  ["digits before a letter", `peft_type: LORA\nr: "${"1".repeat(4 * DEEP)}x"\nlora_alpha: 1\n`],
  ["spaces in what could be a section", `[${" ".repeat(4 * DEEP)}`],
  ["slashes in a model's name", `model_name_or_path: "${"/".repeat(4 * DEEP)}x"\nuse_peft: true\noutput_dir: o\n`],
  [
    "options of a command in a comment",
    `# tune run ${"-a ".repeat(60)}@\noptimizer:\n  _component_: torchtune.modules.optim.X\n`,
  ],
  ["options with values in a comment", `# tune run ${"-a=b=c ".repeat(40)}@\nloss:\n  _component_: torchtune.x\n`],
  ["an empty notebook", `{"cells": [{"cell_type": "code"}, {"cell_type": "code", "source": [1]}, null, 3]}`],
])("%s end in a sentence or a link, and do not hang", (_, text) => answers(text));
