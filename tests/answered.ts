import { METHODS, type Scenario } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { issuesOfChoices } from "#scenario/choices/answer-issues.ts";
import { methodScenario } from "#scenario/choices/method-scenario.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/** Choices as a test writes them: a link, its keys (`gpu=t4&show=lora`), or what differs from the defaults. */
type Asked = string | Partial<Choices>;

/** All choices, the open ones at their defaults. */
export const choicesOf = (asked: Asked): Choices =>
  typeof asked === "string"
    ? decodeLink(asked.startsWith("?") ? asked : `?v=1&${asked}`, FULL_CATALOG).value
    : { ...DEFAULT_CHOICES, ...asked };

/** True if the test itself says which methods it looks at. */
const namesMethods = (asked: Asked): boolean =>
  typeof asked === "string" ? /(?:^|[?&])show=/.test(asked) : asked.show !== undefined;

/** The answer to choices, for some methods of all that they show. */
const answerFor = (choices: Choices, show: Choices["show"]): Answer => ({
  ...toAnswer({ ...choices, show }, FULL_CATALOG),
  choices,
});

/** The answer of the engine: for the methods that `show` names, otherwise only for the method in focus, because each method costs 40 to 100 ms. */
export const answerOf = (asked: Asked): Answer => {
  const choices = choicesOf(asked);
  return answerFor(choices, namesMethods(asked) ? choices.show : [choices.method]);
};

/** The answer for the method in focus, and for no other. */
export const focusOf = (asked: Asked): MethodAnswer => {
  const choices = choicesOf(asked);
  const [focus] = answerFor(choices, [choices.method]).methods;
  if (focus === undefined) throw new Error(`No method is estimated for ${JSON.stringify(asked)}`);
  return focus;
};

/** The scenario that the engine would run for the method in focus. Estimates nothing. */
export const scenarioOf = (asked: Asked): Scenario => {
  const choices = choicesOf(asked);
  return methodScenario(choices, FULL_CATALOG)(choices.method);
};

/** The scenario of each method shown, in the order of an answer. Estimates nothing. */
export const scenariosOf = (asked: Asked): readonly Pick<MethodAnswer, "method" | "scenario">[] => {
  const choices = choicesOf(asked);
  const scenario = methodScenario(choices, FULL_CATALOG);
  return METHODS.filter((method) => choices.show.includes(method)).map((method) => ({
    method,
    scenario: scenario(method),
  }));
};

/** The answer without methods: the card, the model and the settled choices. Estimates nothing. */
export const settledOf = (asked: Asked): Answer => answerFor(choicesOf(asked), []);

/** The messages about choices that do not go together, for all methods shown. Estimates nothing. */
export const saidOf = (asked: Asked): readonly string[] =>
  issuesOfChoices(choicesOf(asked), FULL_CATALOG).map(({ message }) => message);
