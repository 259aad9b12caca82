// The type of a key: the shape of its values, its default, lock and objectives.

import type { ParameterFormat } from "#calc/base/dtypes.ts";
import type { TargetPreset } from "#calc/model/layout.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { GpuChoice, ModelChoice, SelectiveChoice } from "./values.ts";

/** The reason that a key applies only to some objectives: to which (`APARTS`), and the message for others (`APART_WORDS` in `scenario/choices/rules/refusals.ts`). */
export type Apart =
  | "of-sft"
  | "offloads"
  | "divides"
  | "evaluates"
  | "of-completions"
  | "of-reference"
  | "of-grpo"
  | "of-kto"
  | "of-teacher";

/** The numbers that a key takes, both ends included: the limits of its control, too. */
export type NumberRange = Readonly<{ min: number; max: number }>;

/** Values that have a codec of their own (`link-fields.ts`), and their types. */
export type Special = Readonly<{
  model: ModelChoice;
  gpu: GpuChoice;
  teacher: string;
  stack: string;
  methods: readonly MethodId[];
  format: ParameterFormat;
  targets: TargetPreset | readonly string[];
  modules: readonly string[];
  selective: SelectiveChoice;
  panels: readonly string[];
  lock: readonly string[];
}>;

/** The values of a key, as data; `link-fields.ts` spells them in links. */
export type Shape = Readonly<
  | { kind: "flag" }
  | { kind: "whole" | "decimal"; range: NumberRange }
  /** One of a few words. `aliases`: other spellings that are understood, and never written. */
  | { kind: "word"; words: readonly string[]; aliases?: Readonly<Record<string, string>> }
  /** One of a few words, or a whole number behind a name: `split:512`. */
  | { kind: "word-or-number"; words: readonly string[]; name: string; range: NumberRange }
  | { [Kind in keyof Special]: { kind: Kind } }[keyof Special]
>;

type ValueOf<Of extends Shape> = Of extends { kind: "flag" }
  ? boolean
  : Of extends { kind: "whole" | "decimal" }
    ? number
    : Of extends { kind: "word"; words: readonly (infer Word)[] }
      ? Word
      : Of extends { kind: "word-or-number"; words: readonly (infer Word)[] }
        ? Word | number
        : Of extends { kind: infer Kind extends keyof Special }
          ? Special[Kind]
          : never;

export const flag = { kind: "flag" } as const;

/** A whole number. */
export const whole = (min: number, max: number) => ({ kind: "whole", range: { min, max } }) as const;

/** A number with a fraction. */
export const decimal = (min: number, max: number) => ({ kind: "decimal", range: { min, max } }) as const;

export const oneOf = <const Word extends string>(
  words: readonly Word[],
  aliases: Readonly<Record<string, NoInfer<Word>>> = {},
) => ({ kind: "word", words, aliases }) as const;

export const wordOrNumber = <const Word extends string, const Name extends string>(
  words: readonly Word[],
  name: Name,
  range: NumberRange,
) => ({ kind: "word-or-number", words, name, range }) as const;

export const special = <Kind extends keyof Special>(kind: Kind) => ({ kind }) as const;

/** Optional properties of a key. */
type Traits = Readonly<{
  /** The key that stands for it in `lock`: `eval` for all that is said of the evaluation. */
  lock?: string;
  apart?: Apart;
  /** Says in other words what other keys are written for: read, and never written. */
  readOnly?: true;
  /** The meaning of a missing key, in words; absent if the default can be spelled in a link. */
  otherwise?: string;
}>;

/** One key of the choices: its values, and `is`, what a link without it means. */
export type Key<Of extends Shape = Shape, Value = unknown> = Traits & Readonly<{ shape: Of; is: Value }>;

/** The keys of a section of the page. */
export type Keys = Readonly<Record<string, Key>>;

/** A key with a value of its own where a link has none. */
export const key = <Of extends Shape>(shape: Of, is: ValueOf<Of>, traits?: Traits): Key<Of, ValueOf<Of>> => ({
  ...traits,
  shape,
  is,
});

/** A key that is null where a link has none: something else decides then. @param otherwise what that is, in words */
export const orElse = <Of extends Shape>(
  shape: Of,
  otherwise: string,
  traits?: Traits,
): Key<Of, ValueOf<Of> | null> => ({
  ...traits,
  shape,
  is: null,
  otherwise,
});

/** A key that the training library decides where a link has none. */
export const ofStack = <Of extends Shape>(shape: Of, traits?: Traits): Key<Of, ValueOf<Of> | null> =>
  orElse(shape, "what the stack does is used", traits);

/** A key that the training library decides by the card where a link has none. */
export const ofCard = <Of extends Shape>(shape: Of): Key<Of, ValueOf<Of> | null> =>
  orElse(shape, "what the stack does on the card is used");
