import { expect, test } from "vitest";
import { STACKS } from "#catalog/stacks.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { EXPORT_TOOLS } from "#interop/export/export-tools.ts";
import { exportFiles } from "#interop/export/export-files.ts";
import { measureScript } from "#interop/measure/measure-script.ts";
import { keyName, sentenceOf, usedInstead } from "#panels/answer/LinkIssues.tsx";
import { ARCHITECTURE_FIELDS } from "#scenario/keys/codec/architecture-fields.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { estimateJson } from "#scenario/choices/estimate-json.ts";
import { issuesByEffect } from "#scenario/choices/issue-order.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { encodeLink, LINK_KEYS } from "#scenario/choices/encode-link.ts";
import { openedLink } from "#service/answers/opened-link.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";
import { askedOfAll, INHERITED, WATCHED } from "../inherited.ts";
import { finiteNumbers } from "./finite-numbers.ts";

const SHAPE = "h64.f128.l2.a2.k2.d32.v1000.t0";
const custom = (arch: string): string => `?v=1&model=custom&arch=${arch}`;

/** Types whose layers have kinds. */
const OF_KINDS = ["qwen3_next", "lfm2", "granitemoehybrid", "nemotron_h", "gemma3", "qwen3_moe"];

/** A word in the place of each value of a link, alone, given twice and before another; as a key; of a further scenario. */
const inValues = (word: string): readonly string[] => [
  ...[...LINK_KEYS, "b", word].flatMap((key) => [
    `?v=1&${key}=${word}`,
    `?v=1&${key}=${word}&${key}=1`,
    `?v=1&${key}=${word},q_proj`,
    `?v=1&${key}=split:${word}`,
    `?v=1&b.${key}=${word}`,
  ]),
  `?v=1&gpu=custom&vram=${word}`,
  `?v=1&model=custom&params=${word}`,
];

/** A word in the place of each text of an architecture. */
const inArchitectures = (word: string): readonly string[] => [
  custom(`${word}.${SHAPE}`),
  ...ARCHITECTURE_FIELDS.filter(({ kind }) => !["number", "decimal", "flag"].includes(kind)).map(({ tag }) =>
    custom(`llama.${SHAPE}.${tag}:${word}`),
  ),
  ...OF_KINDS.flatMap((type) => ["lk", "mk", "lt"].map((tag) => custom(`${type}.${SHAPE}.${tag}:${word}a2`))),
];

/** Words that files for other programs look up. */
const inWritten = (word: string): readonly string[] => [
  custom(`${word}.${SHAPE}`),
  custom(`granitemoehybrid.${SHAPE}.lt:${word}a2`),
];

/** A link as it is opened, whether all rows are here or not. */
const opened = async (link: string): Promise<Choices> => {
  const read = [decodeLink(link, FULL_CATALOG), decodeLink(link, null)];
  const { issues } = await openedLink({ search: link }, POPULAR_CATALOG);
  for (const issue of issuesByEffect([...read.flatMap((each) => each.issues), ...issues]))
    for (const words of [keyName(issue.key), usedInstead(issue, FULL_CATALOG), sentenceOf(issue, FULL_CATALOG).rest])
      expect(words).not.toMatch(/native code|\[object|^using Object|undefined/);
  for (const { value } of read) encodeLink(value);
  return decodeLink(link, FULL_CATALOG).value;
};

/** All that a page and a terminal say of choices, of each once. */
const answering = (): ((choices: Choices) => void) => {
  const said = new Set<string>();
  return (choices) => {
    const link = encodeLink(choices);
    if (said.has(link)) return;
    said.add(link);
    expect(finiteNumbers(estimateJson(toAnswer(choices, POPULAR_CATALOG), []))).toBe(true);
    pageAnswer({ choices }, FULL_CATALOG);
  };
};

/** All that is written of choices for other programs. */
const written = (choices: Choices): void => {
  for (const tool of EXPORT_TOOLS) exportFiles(tool, choices, FULL_CATALOG);
  measureScript(choices, FULL_CATALOG);
};

test("no value of a link finds what every object has", async () => {
  const answered = answering();
  const places = await askedOfAll(async () => {
    for (const link of inValues(WATCHED)) {
      await opened(link);
      answered(decodeLink(link, null).value);
    }
  });
  expect(places).toEqual([]);
});

test("no text of an architecture finds what every object has, with any library and in any file", async () => {
  const answered = answering();
  const stacks = Object.keys(STACKS).map((stack) => `${custom(`${WATCHED}.${SHAPE}`)}&stack=${stack}`);
  const places = await askedOfAll(async () => {
    for (const link of [...inArchitectures(WATCHED), ...stacks]) answered(await opened(link));
    for (const link of inWritten(WATCHED)) written(await opened(link));
  });
  expect(places).toEqual([]);
});

test.each(INHERITED)("%s in any place of a link is a word like another", async (word) => {
  const answered = answering();
  for (const link of [...inValues(word), ...inArchitectures(word)]) answered(await opened(link));
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test.each(INHERITED)("a model's type %s, or its activation, is one that is not known", (word) => {
  const figures = (arch: string): unknown => {
    const { methods } = estimateJson(toAnswer(decodeLink(custom(arch), FULL_CATALOG).value, FULL_CATALOG), []);
    return methods.map(({ peakBytes, params }) => ({ peakBytes, params }));
  };
  expect(figures(`${word}.${SHAPE}`)).toEqual(figures(`unheard.${SHAPE}`));
  expect(figures(`llama.${SHAPE}.act:${word}`)).toEqual(figures(`llama.${SHAPE}.act:unheard`));
});
