// Messages for refused choices, in a link and in an answer.

import { ORDER } from "#scenario/keys/keys.ts";
import type { RefusedDivision } from "#calc/model/division.ts";
import type { MethodId, Scenario } from "#calc/model/scenario.ts";
import type { Choices, ChoiceKey } from "#scenario/keys/choices.ts";
import { linkTexts } from "#scenario/choices/encode-link.ts";
import {
  applyRules,
  type TakenBack,
  type HeldChoices,
  type Rule,
  type RuleSubject,
  type Scope,
} from "./apply-rules.ts";
import { RULES } from "./model-rules.ts";
import { RUN_RULES, withAdapters, methodsWithAdapters } from "./run-rules.ts";
import type { Apart } from "#scenario/keys/key.ts";
import { keysExcludedBy, SETTLED_RULES, type SettledReason } from "#scenario/choices/settle.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";

const RANKS: ReadonlyMap<string, number> = new Map(ORDER.map((key, rank) => [key, rank]));

/** Messages sorted by the order of keys in a link; messages about the same key keep their order. */
export const inKeyOrder = <Said extends Readonly<{ key: string }>>(all: readonly Said[]): readonly Said[] =>
  all.toSorted((one, other) => (RANKS.get(one.key) ?? 0) - (RANKS.get(other.key) ?? 0));

/** A refusal with values spelled as in a link: `tp=3 ...; tp=1 is used`. */
const spelled = <Held extends HeldChoices>({
  rule,
  key,
  why,
  before,
  after,
  held,
}: TakenBack<Held>): RefusedDivision => ({
  key,
  value: rule.value?.(held) ?? linkTexts(before)[key] ?? "",
  used: linkTexts(after)[key] ?? "",
  why,
});

/** The refusals of some rules for each method, merged by the scope of each rule. */
const refusedBy = <Subject extends object>(
  rules: readonly Rule<HeldChoices & Subject>[],
  choices: Choices,
  methods: readonly Readonly<{ method: MethodId; subject: Subject }>[],
): readonly RefusedDivision[] => {
  const all = methods.map(({ method, subject }) => ({ method, taken: applyRules(rules, choices, subject).taken }));
  return rules.flatMap((rule) =>
    rule.keys.flatMap((key) => {
      const ofMethods = all.map(({ method, taken }) => {
        const found = taken.find((each) => each.rule === rule && each.key === key);
        return { method, refused: found === undefined ? null : spelled(found) };
      });
      return refusalsByScope(rule.of ?? "focus", ofMethods, { focus: choices.method, follows: rule.follows });
    }),
  );
};

/**
 * The refused choices and their replacements, in the order of keys.
 *
 * @param subject the model and the card
 * @param runs the methods that are estimated, with their scenarios
 */
export const refusedChoices = (
  choices: Choices,
  subject: RuleSubject,
  runs: readonly Readonly<{ method: MethodId; scenario: Scenario }>[],
): readonly RefusedDivision[] => {
  const withModel = refusedBy(
    RULES,
    choices,
    choices.show.map((method) => ({ method, subject: { ...subject, method } })),
  );
  const ofRuns = refusedBy(
    RUN_RULES,
    choices,
    runs.map(({ method, scenario }) => ({ method, subject: { scenario } })),
  );
  return inKeyOrder([...withModel, ...ofRuns]);
};

/** What is said of a choice that does not go with the objective, as a sentence goes on from its key. */
export const APART_WORDS: Readonly<Record<Apart, string>> = {
  "of-sft": "is a choice of SFT, and other objectives have a loss and rows of their own",
  offloads: "moves what backward needs, which is counted for SFT alone",
  divides: "divides one model, which is counted for SFT alone",
  evaluates: "is of an evaluation, which is counted for SFT alone",
  "of-completions": "is of prompts and completions, and SFT trains on whole rows",
  "of-reference": "belongs to objectives with a reference model",
  "of-grpo": "is a choice of GRPO, and says nothing of other objectives",
  "of-kto": "is a choice of KTO’s loss",
  "of-teacher": "is of a teacher, which distillation alone has",
};

const WORDS: Readonly<Record<SettledReason, (now: Choices, key: ChoiceKey) => string>> = {
  "not-shown": () => "is not shown",
  quant: ({ method }) => `belongs to method=qlora, and the method is ${method}`,
  "no-trainer": ({ objective }) => `has no trainer that is counted for objective=${objective}`,
  apart: ({ objective }, key) => APART_WORDS[keysExcludedBy(objective).get(key) ?? "of-sft"],
  "not-the-sum": () => "is not the sum of prompt and completion",
  "not-on-card": ({ engine }) => `belongs to engine=vllm-colocate, and the engine is ${engine}`,
  generates: ({ evalgen }) => `is of logits, and evalgen=${evalgen} keeps generated tokens in their place`,
};

/** Said of a default that a link spells out, too. */
const OF_DEFAULTS: readonly SettledReason[] = ["not-shown", "quant", "no-trainer", "not-the-sum"];

/** The same rules with the message for a link, which continues `key=value`. */
export const LINK_RULES: readonly Rule<HeldChoices>[] = SETTLED_RULES.map(({ reason, keys, isVain, instead }) => ({
  keys,
  ...(OF_DEFAULTS.includes(reason) && { when: () => true }),
  why: ({ now }, key) => (isVain(now, key) ? WORDS[reason](now, key) : null),
  ...(instead && { instead: ({ now }) => instead(now) }),
}));

/** A method and its refusal of a choice; null: none. */
type OfMethod = Readonly<{ method: MethodId; refused: RefusedDivision | null }>;

/** The refusals of several methods: one if all have the same reason, else one for each, with its name. */
const eachOf = (methods: readonly OfMethod[], follows: (method: string) => string): readonly RefusedDivision[] => {
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
const refusalsByScope = (
  scope: Scope,
  methods: readonly OfMethod[],
  { focus, follows = withoutIt }: Readonly<{ focus: MethodId; follows?: ((method: string) => string) | undefined }>,
): readonly RefusedDivision[] => {
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
      return eachOf(methodsWithAdapters(methods), follows);
    default:
      return scope satisfies never;
  }
};
