// Reading of a link: choices, and an issue for each part that could not be used.

import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { type Choices, type LinkKey, type Unknown, DEFAULT_CHOICES, PINNED_KEYS } from "#scenario/keys/choices.ts";
import { chosenArchitecture } from "./chosen-model.ts";
import { type KeyedProblem, type Texts, quoted } from "#scenario/keys/codec/codec.ts";
import { applyRules } from "./rules/apply-rules.ts";
import { inKeyOrder, LINK_RULES } from "./rules/refusals.ts";
import { settle } from "./settle.ts";
import { formatCount } from "#format/numbers.ts";
import { type Issue, type Parsed, type IdentityKey, isIdentityKey, unknownText } from "#scenario/keys/issues.ts";
import { fieldOfLinkKey, FIELDS } from "#scenario/keys/link-fields.ts";
import { upgradeTexts, LINK_KEYS, linkTexts } from "./encode-link.ts";

/** Choices as read key by key, and what is wrong with them together. */
type Checked = Readonly<{ choices: Choices; problems: readonly KeyedProblem[] }>;

const checkSettled = (choices: Choices, texts: Texts): Checked => {
  const { taken } = applyRules(LINK_RULES, choices, {});
  // Of a key that was not given, or of a name that is not known, nothing is said.
  const told = inKeyOrder(taken.filter(({ key }) => texts[key] !== undefined && !(key in choices.unknown)));
  const problems = told.map(({ key, why }) => ({ key, code: "ignored-here", why }) as const);
  return { choices: settle(choices), problems };
};

const notInModel = (key: string, names: readonly string[]): readonly KeyedProblem[] =>
  names.map((name) => ({ key, code: "unknown-value", why: `names ${name}, a module that the model does not have` }));

/** Module names that the chosen model has; the presets need no check here, since every model says what they mean for it. */
const checkModules = (choices: Choices, catalog: Catalog): Checked => {
  const { targets, save } = choices;
  if (typeof targets === "string" && save.length === 0) return { choices, problems: [] };
  const architecture = chosenArchitecture(choices, catalog);
  const problems: KeyedProblem[] = [];
  const keep = (key: string, names: readonly string[], isKnown: (name: string) => boolean): readonly string[] => {
    const known = names.filter(isKnown);
    problems.push(
      ...notInModel(
        key,
        names.filter((name) => !known.includes(name)),
      ),
    );
    return known;
  };
  const kept = typeof targets === "string" ? targets : keep("targets", targets, ENGINE.canTarget(architecture));
  const saved = keep("save", save, ENGINE.canSave(architecture));
  return {
    choices: { ...choices, targets: kept.length === 0 ? DEFAULT_CHOICES.targets : kept, save: saved },
    problems,
  };
};

/**
 * Choices in which the keys of a link go together, and a problem for each that did not: the method in focus is one of those shown, `quant` needs QLoRA in focus,
 * `evalkeep` no generation, an objective a library that has it, and modules must be the model's own.
 *
 * @param texts what the link gave, to tell a default from a value
 * @param catalog null while the model may not be here yet: modules are not checked then
 */
const crossCheck = (choices: Choices, texts: Texts, catalog: Catalog | null): Checked => {
  const settled = checkSettled(choices, texts);
  if (catalog === null) return settled;
  const modules = checkModules(settled.choices, catalog);
  return { choices: modules.choices, problems: [...settled.problems, ...modules.problems] };
};

/** Four times the longest link that this tool writes; what is beyond is not read. */
const LONGEST_LINK = 8192;

const tooLong = (search: string): readonly Issue[] =>
  search.length <= LONGEST_LINK
    ? []
    : [
        {
          code: "too-large",
          key: "",
          value: quoted(search),
          used: "",
          message: `The link has ${formatCount(search.length)} characters; only the first ${formatCount(LONGEST_LINK)} are read.`,
        },
      ];

const unknownKey = (key: string, value: string): Issue => ({
  code: "unknown-key",
  key: quoted(key),
  value: quoted(value),
  used: "",
  message: `${quoted(`${key}=${value}`)} is left out: links have no key ${quoted(key)}.`,
});

const duplicateKey = (key: string, values: readonly string[]): Issue => {
  const used = quoted(values[0] ?? "");
  return {
    code: "duplicate-key",
    key,
    value: quoted(values.join(" & ")),
    used,
    message: `${key} is given ${values.length} times (${quoted(values.join(" & "))}); the first, ${key}=${used}, is used.`,
  };
};

/** Names that transformers, TRL, PEFT and torchtitan give to what a link has a short key for: understood, and never written. */
const KEY_ALIASES: Readonly<Record<string, LinkKey>> = {
  lora_alpha: "alpha",
  lora_dropout: "dropout",
  target_modules: "targets",
  use_dora: "dora",
  modules_to_save: "save",
  per_device_train_batch_size: "batch",
  max_length: "seq",
  gradient_accumulation_steps: "accum",
  gradient_checkpointing: "ckpt",
  selective_ac_option: "selective",
  activation_offloading: "actoffload",
  attn_implementation: "attn",
};

/** The texts under each key, in the order they were given. */
const textsByKey = (search: string): ReadonlyMap<string, readonly string[]> => {
  const texts = new Map<string, string[]>();
  for (const [name, text] of new URLSearchParams(search)) {
    const key = (Object.hasOwn(KEY_ALIASES, name) && KEY_ALIASES[name]) || name;
    texts.set(key, [...(texts.get(key) ?? []), text]);
  }
  return texts;
};

/**
 * The parts of a link: the text of each key that it gives. Reports keys that no link has, and keys that are given more than once, of which the first
 * counts.
 */
export const splitLink = (
  search: string,
  keys: readonly string[],
): Readonly<{ texts: Texts; issues: readonly Issue[] }> => {
  const given = [...textsByKey(search.slice(0, LONGEST_LINK))];
  const known = given.filter(([key]) => keys.includes(key));
  const unknown = given.filter(([key]) => !keys.includes(key)).map(([key, values]) => unknownKey(key, values[0] ?? ""));
  const duplicates = known.filter(([, values]) => values.length > 1).map(([key, values]) => duplicateKey(key, values));
  return {
    texts: Object.fromEntries(known.map(([key, values]) => [key, values[0] ?? ""])),
    issues: [...tooLong(search), ...unknown, ...duplicates],
  };
};

/** What holds now, as the end of a sentence. */
const outcome = (key: string, used: string, isUnknown: boolean): string => {
  if (isUnknown) return "nothing is estimated";
  if (used !== "") return `${key}=${used} is used`;
  const field = fieldOfLinkKey(key);
  return field?.otherwise ?? "it is left out";
};

/** Keys of a joint field whose own text is gone once the value is refused: the sentence then names the main key. */
const usedText = (key: string, used: Texts): Readonly<{ key: string; text: string }> => {
  const main = fieldOfLinkKey(key)?.keys[0] ?? key;
  const speaker = used[key] === undefined && used[main] !== undefined ? main : key;
  return { key: speaker, text: quoted(used[speaker] ?? "") };
};

/** An architecture of a family that nobody knows is kept as it was read. */
const isNotKnown = ({ key, code }: Pick<Issue, "code"> & Readonly<{ key: IdentityKey }>, unknown: Unknown): boolean =>
  code === "unknown-family" || (unknown[key] !== undefined && code !== "ignored-here");

/**
 * Makes of each problem an issue that a person can read: "r=5000 is above 1024; r=1024 is used."
 *
 * @param given the texts as they came
 * @param used the texts of the choices that were made of them
 * @param unknown names that are not known, in whose place nothing is used
 */
const toIssues = (
  problems: readonly KeyedProblem[],
  { given, used, unknown }: Readonly<{ given: Texts; used: Texts; unknown: Unknown }>,
): readonly Issue[] =>
  problems.map(({ key, code, why }) => {
    const value = quoted(given[key] ?? "");
    const holds = usedText(key, used);
    const isUnknown = isIdentityKey(key) && isNotKnown({ key, code }, unknown);
    return {
      code,
      key,
      value,
      used: isUnknown ? "" : quoted(used[key] ?? ""),
      message: `${key}=${value} ${why.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD")}; ${outcome(holds.key, holds.text, isUnknown)}.`,
    };
  });

const UNKNOWN_VERSION: KeyedProblem = {
  key: "v",
  code: "unknown-version",
  why: "is a version that this page does not know",
};

/** The identities that a link names and that are not known: of a field whose text gave no value, the texts of the keys that say it. */
const unknownOf = (
  readings: readonly Readonly<{ keys: readonly string[]; value?: unknown; problems: readonly KeyedProblem[] }>[],
  texts: Texts,
): Unknown =>
  Object.fromEntries(
    readings.flatMap(({ keys, value, problems }) => {
      const wrong = problems.filter(({ key, code }) => isIdentityKey(key) && code !== "ignored-here");
      if (value !== undefined || wrong.length === 0) return [];
      const named = keys.filter((key) => key === keys[0] || wrong.some((problem) => problem.key === key));
      return named.map((key) => [key, unknownText(texts[key] ?? "")]);
    }),
  );

/**
 * Reads a link. Total: any text gives choices, and one issue for each thing that could not be taken as it was. A missing key takes its default; a bad one
 * too, or the nearest value that is allowed; an unknown one is kept out. A name that says what is asked about and is not known is kept in `unknown`: there is
 * no answer then.
 *
 * @param search the link from its `?` on, or what follows it
 * @param catalog to check models, GPUs and modules against; null takes any id, for when the rows are not here yet
 */
export const decodeLink = (search: string, catalog: Catalog | null): Parsed<Choices> => {
  const { texts: given, issues: notTaken } = splitLink(search, [...LINK_KEYS, ...PINNED_KEYS]);
  const upgraded = upgradeTexts(given);
  const texts = upgraded ?? given;
  const { isRunnable, isKnown } = ENGINE;
  const readings = FIELDS.map((row) => ({ ...row, ...row.decode(texts, { catalog, isRunnable, isKnown }) }));
  const read = Object.fromEntries(
    readings.map(({ field, value, default: otherwise }) => [field, value === undefined ? otherwise : value]),
  ) as Omit<Choices, "unknown">;
  const unknown = unknownOf(readings, texts);
  const { choices, problems } = crossCheck({ ...read, unknown }, texts, catalog);
  const all = [
    ...(upgraded === null ? [UNKNOWN_VERSION] : []),
    ...readings.flatMap((reading) => reading.problems),
    ...problems,
  ];
  const issues: readonly Issue[] = [
    ...notTaken,
    ...toIssues(all, { given: texts, used: linkTexts(choices), unknown: choices.unknown }),
  ];
  return { value: choices, issues };
};
