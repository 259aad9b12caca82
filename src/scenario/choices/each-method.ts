import type { Refused } from "#calc/model/asked-division.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { AdaptingMethod } from "./adapting-method.ts";

/**
 * What each of some methods refuses of a choice: said once where it is the same for all of them, else with the method's name.
 *
 * @param follows what a reason means for the method of that name
 */
export const eachOf = <Method extends MethodId>(
  methods: readonly Method[],
  refusedBy: (method: Method) => Refused | null,
  follows = (name: string): string => `so ${name} goes without it`,
): readonly Refused[] => {
  const asked = methods.map((method) => ({ method, refused: refusedBy(method) }));
  const [first, ...others] = asked;
  if (first === undefined) return [];
  const isSame = others.every(({ refused }) => refused?.why === first.refused?.why);
  return (isSame ? [first] : asked).flatMap(({ method, refused }) => {
    if (refused === null) return [];
    return isSame ? [refused] : [{ ...refused, why: `${refused.why}, ${follows(METHOD_NAMES[method].inSentence)}` }];
  });
};

/** What each shown method that has adapters refuses of a choice. */
export const eachMethod = (
  { show }: Pick<Choices, "show">,
  refusedBy: (method: AdaptingMethod) => Refused | null,
  follows?: (name: string) => string,
): readonly Refused[] =>
  eachOf(
    show.filter((method) => method !== "full"),
    refusedBy,
    follows,
  );
