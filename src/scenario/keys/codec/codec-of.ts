import type { ChoiceKey } from "#scenario/keys/choices.ts";
import { TARGET_PRESETS } from "#calc/model/layout.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { STACKS } from "#catalog/stacks.ts";
import type { Key, Shape, Special } from "#scenario/keys/key.ts";
import { KEYS } from "#scenario/keys/keys.ts";
import { ORDER } from "#scenario/keys/order.ts";
import { PANEL_IDS } from "#scenario/keys/values.ts";
import type { Codec } from "./codec.ts";
import { flag } from "./flag.ts";
import { gpuChoice } from "./gpu-choice.ts";
import { inKey, type KeyedCodec } from "./keyed-codec.ts";
import { atLeastOneOf, moduleNames, presetOrModuleNames, someOrAllBut } from "./list.ts";
import { lockList } from "./lock-list.ts";
import { modelChoice } from "./model-choice.ts";
import { decimal, whole } from "./number.ts";
import { oneOf } from "./one-of.ts";
import { parameterFormat } from "./parameter-format.ts";
import { selectiveChoice } from "./selective-choice.ts";
import { teacherChoice } from "./teacher-choice.ts";
import { wordOrNumber } from "./word-or-number.ts";

/** Codecs of several keys that belong together. */
const JOINT = { model: modelChoice, gpu: gpuChoice, teacher: teacherChoice } as const;

/** The keys of a link that say one key of the choices: `gpu` and `vram` for the card, mostly the one of its own name. */
const linkKeysOf = (name: string): readonly string[] =>
  Object.hasOwn(JOINT, name) ? JOINT[name as keyof typeof JOINT].keys : [name];

const LOCKED_WITH: Readonly<Partial<Record<string, string>>> = Object.fromEntries(
  Object.entries<Key>(KEYS).map(([name, { lock }]) => [name, lock]),
);

const SPECIAL: { readonly [Kind in Exclude<keyof Special, keyof typeof JOINT>]: Codec<Special[Kind]> } = {
  stack: oneOf(Object.keys(STACKS)),
  methods: atLeastOneOf(METHODS, "a method"),
  format: parameterFormat,
  targets: presetOrModuleNames(TARGET_PRESETS),
  modules: moduleNames,
  selective: selectiveChoice,
  panels: someOrAllBut<string>(PANEL_IDS, "a panel"),
  lock: lockList(ORDER.flatMap(linkKeysOf), LOCKED_WITH),
};

const spelling = (shape: Exclude<Shape, { kind: keyof typeof JOINT }>) => {
  if (shape.kind === "flag") return flag;
  if (shape.kind === "whole") return whole(shape.range);
  if (shape.kind === "decimal") return decimal(shape.range);
  if (shape.kind === "word") return oneOf(shape.words, shape.aliases);
  if (shape.kind === "word-or-number") return wordOrNumber(shape.words, shape);
  return SPECIAL[shape.kind];
};

/** The spelling of a key in links, by its shape. */
export const codecOf = (name: ChoiceKey): KeyedCodec<unknown> => {
  const { shape }: Key = KEYS[name];
  const codec =
    shape.kind === "model" || shape.kind === "gpu" || shape.kind === "teacher"
      ? JOINT[shape.kind]
      : inKey(name, spelling(shape) as Codec<unknown>);
  // A key's value is of its shape (`key.ts`), which one table over all of them cannot say.
  return codec as KeyedCodec<unknown>;
};
