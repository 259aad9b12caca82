import type { Refused } from "#calc/model/asked-division.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { Scope } from "./rule.ts";

const withAdapters = <Of extends Readonly<{ method: MethodId }>>(methods: readonly Of[]): readonly Of[] =>
  methods.filter(({ method }) => method !== "full");

/** The methods with adapters; all methods if none has adapters. */
export const askedOfAdapters = <Of extends Readonly<{ method: MethodId }>>(methods: readonly Of[]): readonly Of[] => {
  const adapting = withAdapters(methods);
  return adapting.length > 0 ? adapting : methods;
};

/** A method and its refusal of a choice; null: none. */
export type OfMethod = Readonly<{ method: MethodId; refused: Refused | null }>;

/** The refusals of several methods: one if all have the same reason, else one for each, with its name. */
const eachOf = (methods: readonly OfMethod[], follows: (method: string) => string): readonly Refused[] => {
  const [first, ...others] = methods;
  if (first === undefined) return [];
  const isSame = others.every(({ refused }) => refused?.why === first.refused?.why);
  return (isSame ? [first] : methods).flatMap(({ method, refused }) => {
    if (refused === null) return [];
    return isSame ? [refused] : [{ ...refused, why: `${refused.why}, ${follows(METHOD_NAMES[method].inSentence)}` }];
  });
};

const withoutIt = (method: string): string => `so ${method} goes without it`;

/**
 * The reported refusals of one choice, by scope.
 *
 * @param focus the method in focus, one of them
 * @param follows the consequence for a single method
 */
export const saidOf = (
  scope: Scope,
  methods: readonly OfMethod[],
  { focus, follows = withoutIt }: Readonly<{ focus: MethodId; follows?: ((method: string) => string) | undefined }>,
): readonly Refused[] => {
  switch (scope) {
    case "focus":
      return methods.filter(({ method }) => method === focus).flatMap(({ refused }) => refused ?? []);
    case "all":
      return methods.every(({ refused }) => refused !== null)
        ? methods.slice(-1).flatMap(({ refused }) => refused ?? [])
        : [];
    case "each":
      return eachOf(methods, follows);
    case "adapters":
      return eachOf(withAdapters(methods), follows);
    case "asked":
      return eachOf(askedOfAdapters(methods), follows);
    default:
      return scope satisfies never;
  }
};
