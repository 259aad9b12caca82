import { decodeLink } from "#scenario/choices/decode-link.ts";
import fc from "fast-check";
import { expect } from "vitest";
import { GB } from "#calc/base/bytes.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { isNotKnownIssue } from "#scenario/keys/issues.ts";
import { quoted } from "#scenario/keys/codec/codec.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { PINNED_KEYS } from "#scenario/keys/choices.ts";
import { encodeLink, isLinkKey, linkTexts } from "#scenario/choices/encode-link.ts";
import { anyLink } from "./arbitrary-links.ts";
import { finiteNumbers } from "./finite-numbers.ts";
import { tried } from "../tried.ts";

/** Links that this test has found: terms of a moment were negative, or the page stopped. */
const FOUND = [
  "?v=1&model=llama-3.2-1b&show=lora&stack=litgpt&targets=gate_proj&seq=64&accum=2&ckpt=0&gpus=4&pp=2",
  "?v=1&model=pythia-1.4b&show=qlora&seq=1&accum=2&packing=0&gpus=3028&shard=zero2&pp=2",
  "?v=1&model=gpt-neo-2.7b&show=lora&targets=q_proj&seq=64&ckpt=0&autocast=0",
  "?v=1&model=gemma-3n-e4b&show=lora&gpus=2&tp=2&sp=1",
  "?v=1&model=smollm3-3b&show=full&stack=deepspeed&gpus=64&tp=4&sp=1&cp=2&pp=2&accum=8",
  "?v=1&stack=litgpt&method=qlora&save=q_proj&targets=gate_proj",
];

const ALIASES: Readonly<Record<string, string>> = {
  true: "1",
  false: "0",
  fsdp: "fsdp2",
  flash_attention_2: "flash",
  adamw_8bit: "adamw_bnb_8bit",
  lion_32bit: "lion",
  paged_adamw: "paged_adamw_32bit",
};
const KEY_ALIASES: ReadonlyMap<string, string> = new Map([
  ["lora_alpha", "alpha"],
  ["lora_dropout", "dropout"],
  ["target_modules", "targets"],
  ["use_dora", "dora"],
  ["modules_to_save", "save"],
  ["per_device_train_batch_size", "batch"],
  ["max_length", "seq"],
  ["gradient_accumulation_steps", "accum"],
  ["gradient_checkpointing", "ckpt"],
  ["attn_implementation", "attn"],
]);

/** What `lock=all` locks. */
const ALL = decodeLink("?v=1&lock=all", null).value.lock;

/** The words of a list; of one that is all but some, those that are left, whatever else it names. */
const wordsOf = (text: string): readonly string[] => {
  const words = [...new Set(text.split(",").map((word) => word.trim().toLowerCase()))];
  const meant = words.includes("all") ? ALL.filter((key) => !words.includes(`-${key}`)) : words;
  return meant.filter((word) => word !== "" && word !== "none").toSorted();
};

const isNumber = (text: string, used: string): boolean => text !== "" && Number(text) === Number(used);

/** A number behind a word, `split:1E2`: both are the same. */
const isNamedNumber = (text: string, used: string): boolean => {
  const [[name = "", ...digits], [usedName, ...usedDigits]] = [text.split(":"), used.split(":")];
  return digits.length > 0 && name.trim() === usedName && isNumber(digits.join(":"), usedDigits.join(":"));
};

/** Whether a text was taken at its word: the same word, number or list, however it was spelled. */
const saysTheSame = (given: string, used = ""): boolean => {
  const text = given.trim().toLowerCase();
  if (text === used || ALIASES[text] === used || isNumber(text, used) || isNamedNumber(text, used)) return true;
  const isSize = /^[\d.e+-]+(?:k|m|b|t|gb|gib)$/.test(text) || text.includes(".h");
  return (isSize && used !== "") || wordsOf(given).join() === wordsOf(used).join();
};

/** A card's memory is whole bytes: half a byte more or less is the same card. */
const isSameMemory = (key: string, text: string, used = ""): boolean =>
  key === "vram" && Math.round(Number(text) * GB) === Math.round(Number(used) * GB);

/** `custom` is taken at the word of the key beside it, which is the one to name. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = { model: ["params", "arch"], gpu: ["vram"] };

const seen = new Set<string>();

/** All are read; the engine, which takes most of the time, is asked of those whose length is a multiple of this, and of those that were found. */
const ASKED_LENGTHS = 4;

/** What the engine makes of a scenario holds no NaN, no Infinity and no term of a moment below 0; one that was looked at before is the same again. */
const answerMakesSense = (link: string, value: Parameters<typeof toAnswer>[0]): boolean => {
  if (seen.has(link)) return true;
  seen.add(link);
  const { methods, gpu, model } = toAnswer({ ...value, show: [value.method] }, FULL_CATALOG);
  const terms = methods.flatMap(({ estimate }) => estimate.moments.flatMap((moment) => Object.values(moment.terms)));
  // What is beyond 2^53 is no longer whole.
  return (
    finiteNumbers([gpu, model, methods.map(({ estimate, card }) => [estimate.terms, estimate.moments, card])]) &&
    terms.every((bytes) => bytes >= 0 || methods.some(({ estimate }) => estimate.peakBytes > Number.MAX_SAFE_INTEGER))
  );
};

const unnamed = (
  search: string,
  named: ReadonlySet<string>,
  used: Readonly<Partial<Record<string, string>>>,
): string[] =>
  [...new URLSearchParams(search.slice(0, 8192))]
    .filter(([name, text]) => {
      const key = KEY_ALIASES.get(name) ?? name;
      // Further scenarios: read apart, with a test of their own.
      if (PINNED_KEYS.some((each) => each === key)) return false;
      const companions =
        text.trim().toLowerCase() === "custom" && Object.hasOwn(COMPANIONS, key) ? (COMPANIONS[key] ?? []) : [];
      return (
        !named.has(quoted(key)) &&
        !companions.some((other) => named.has(other)) &&
        !saysTheSame(text, used[key]) &&
        !isSameMemory(key, text, used[key])
      );
    })
    .map((pair) => pair.join("="));

const TITLE =
  "broken links: no exception, no NaN, every problem named in a whole sentence, and what was read is a fixed point";

tried(TITLE, { quick: 600, thorough: 20_000 }, (runs) => {
  let issuesFound = 0;
  fc.assert(
    fc.property(anyLink, (search) => {
      const { value, issues } = decodeLink(search, FULL_CATALOG);
      const link = encodeLink(value);
      const again = decodeLink(link, FULL_CATALOG);
      expect(again.value).toEqual(value);
      // A name that is not known stays one.
      expect(again.issues.filter((issue) => !isNotKnownIssue(issue))).toEqual([]);
      if (issues.some(isNotKnownIssue)) expect(toAnswer(value, FULL_CATALOG)).toMatchObject({ methods: [] });
      expect(encodeLink(again.value)).toBe(link);
      expect(link.length).toBeLessThan(2000);
      expect([...new URLSearchParams(link).keys()].every(isLinkKey)).toBe(true);
      if (FOUND.includes(search) || search.length % ASKED_LENGTHS === 0)
        expect(answerMakesSense(link, value)).toBe(true);
      expect(unnamed(search, new Set(issues.map(({ key }) => key)), linkTexts(value))).toEqual([]);
      for (const { message, key, value: given } of issues) {
        expect(message).toMatch(/\.$/);
        expect(message + given + key).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect(given.length).toBeLessThanOrEqual(80);
      }
      issuesFound += issues.length;
    }),
    { ...runs, examples: FOUND.map((link) => [link]) },
  );
  // Links that nothing is wrong with would prove little.
  expect(issuesFound).toBeGreaterThan(runs.numRuns);
});
