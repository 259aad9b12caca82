import type { Refused } from "#calc/model/asked-division.ts";
import type { MethodId, Scenario } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { linkTexts } from "#scenario/choices/url.ts";
import { applyRules, type TakenBack } from "./apply-rules.ts";
import { inKeyOrder } from "./in-key-order.ts";
import type { HeldChoices, Rule, RuleSubject } from "./rule.ts";
import { RULES } from "./rules.ts";
import { RUN_RULES } from "./run.ts";
import { saidOf } from "./scopes.ts";

/** A refusal with values spelled as in a link: `tp=3 ...; tp=1 is used`. */
const spelled = <Held extends HeldChoices>({ rule, key, why, before, after, held }: TakenBack<Held>): Refused => ({
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
): readonly Refused[] => {
  const all = methods.map(({ method, subject }) => ({ method, taken: applyRules(rules, choices, subject).taken }));
  return rules.flatMap((rule) =>
    rule.keys.flatMap((key) => {
      const ofMethods = all.map(({ method, taken }) => {
        const found = taken.find((each) => each.rule === rule && each.key === key);
        return { method, refused: found === undefined ? null : spelled(found) };
      });
      return saidOf(rule.of ?? "focus", ofMethods, { focus: choices.method, follows: rule.follows });
    }),
  );
};

/**
 * The refused choices and their replacements, in the order of keys.
 *
 * @param subject the model and the card
 * @param runs the methods that are estimated, with their scenarios
 */
export const refused = (
  choices: Choices,
  subject: RuleSubject,
  runs: readonly Readonly<{ method: MethodId; scenario: Scenario }>[],
): readonly Refused[] => {
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
