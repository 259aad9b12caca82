import { formatCount } from "#format/count.ts";
import type { LinkKey } from "#scenario/keys/choices.ts";
import type { Texts } from "#scenario/keys/codec/keyed-codec.ts";
import type { Issue } from "./issue.ts";
import { quoted } from "#scenario/keys/codec/quoted.ts";

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
