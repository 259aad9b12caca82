import type { Refused } from "#calc/model/asked-division.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { Scope } from "./rule.ts";

const withAdapters = <Of extends Readonly<{ method: MethodId }>>(methods: readonly Of[]): readonly Of[] =>
  methods.filter(({ method }) => method !== "full");

/** Methods of which it is said what they refuse: what is of adapters is nobody's question of full fine-tuning beside them. */
export const askedOfAdapters = <Of extends Readonly<{ method: MethodId }>>(methods: readonly Of[]): readonly Of[] => {
  const adapting = withAdapters(methods);
  return adapting.length > 0 ? adapting : methods;
};

/** What a method refuses of a choice; null: nothing. */
export type OfMethod = Readonly<{ method: MethodId; refused: Refused | null }>;

/** What each of some methods refuses of a choice: said once where it is the same for all of them, else with the method's name. */
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
 * What is said of a choice of what the methods that are shown refuse of it.
 *
 * @param focus the method in focus, one of them
 * @param follows what a reason of one method means for it
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
