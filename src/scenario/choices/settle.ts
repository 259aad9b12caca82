// Choices that a link can carry: rules without a model, and differences between two sets of choices.

import { type Choices, DEFAULT_CHOICES, type ChoiceKey, APARTS, RANGES } from "#scenario/keys/choices.ts";
import { OBJECTIVE_TRAITS, type ObjectiveId } from "#calc/model/objective.ts";
import type { Apart } from "#scenario/keys/key.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { supportsObjective } from "#catalog/library-objectives.ts";

/** Whether two choices of a field are the same by value: fields hold plain values, lists and small objects of them. */
export const isSameChoice = (one: unknown, other: unknown): boolean =>
  Object.is(one, other) || JSON.stringify(one) === JSON.stringify(other);

const FIELDS = Object.keys(DEFAULT_CHOICES) as readonly (keyof Choices)[];

/** The fields in which two sets of choices differ, in their fixed order. */
export const changedFields = (before: Choices, after: Choices): readonly (keyof Choices)[] =>
  FIELDS.filter((field) => !isSameChoice(before[field], after[field]));

/** The choices, with the look of the page from other choices. */
export const withLook = (choices: Choices, look: Choices): Choices => {
  const { embed, theme, only, hide, lock } = look;
  return { ...choices, embed, theme, only, hide, lock };
};

/** The scenario in some choices, without the look of the page. */
export const asScenario = (choices: Choices): Choices => withLook(choices, DEFAULT_CHOICES);

const isSft = (objective: ObjectiveId): boolean => objective === "sft";
const isGrpo = (objective: ObjectiveId): boolean => OBJECTIVE_TRAITS[objective].reference === "with-beta";

/** The objectives that keys go with. */
const GO_WITH: Readonly<Record<Apart, (objective: ObjectiveId) => boolean>> = {
  "of-sft": isSft,
  offloads: isSft,
  divides: isSft,
  evaluates: isSft,
  "of-completions": (objective) => !isSft(objective),
  "of-reference": (objective) => OBJECTIVE_TRAITS[objective].reference !== "never",
  "of-grpo": isGrpo,
  "of-kto": (objective) => OBJECTIVE_TRAITS[objective].mismatches === true,
  "of-teacher": (objective) => OBJECTIVE_TRAITS[objective].hasTeacher === true,
};

/** The keys that say nothing with an objective, and why. */
export const keysExcludedBy = (objective: ObjectiveId): ReadonlyMap<ChoiceKey, Apart> =>
  new Map(APARTS.filter(([, apart]) => !GO_WITH[apart](objective)));

/** The library that has every objective. */
const WITH_ALL = "trl";

/** The method in focus, one of those shown: the first of them (`show` is in the order of METHODS) where the one that was asked for is not. */
const focusOf = ({ method, show: [first = method, ...more] }: Choices): MethodId =>
  more.includes(method) ? method : first;

/** A completion that was named is the rest of `seq` beside the prompt: it makes the one or the other. */
const splitCompletion = ({ completion, prompt, seq }: Choices): Pick<Choices, "completion" | "prompt" | "seq"> => {
  if (completion === null) return { completion, prompt, seq };
  const whole = prompt === null ? Math.max(seq, completion + 1) : prompt + completion;
  return { completion: null, prompt: whole - completion, seq: Math.min(whole, RANGES.seq.max) };
};

/** The reasons to replace a value, in the order of the checks. */
export type SettledReason =
  | "not-shown"
  | "quant"
  | "no-trainer"
  | "apart"
  | "not-the-sum"
  | "not-on-card"
  | "generates";

type SettledRule = Readonly<{
  reason: SettledReason;
  keys: readonly ChoiceKey[];
  isVain: (now: Choices, key: ChoiceKey) => boolean;
  instead?: (now: Choices) => Partial<Choices>;
}>;

/** Rules that need no model and no GPU: afterwards a link can carry the choices. */
export const SETTLED_RULES: readonly SettledRule[] = [
  {
    reason: "not-shown",
    keys: ["method"],
    isVain: (now) => focusOf(now) !== now.method,
    instead: (now) => ({ method: focusOf(now) }),
  },
  // The default means nothing without QLoRA either.
  { reason: "quant", keys: ["quant"], isVain: ({ method }) => method !== "qlora" },
  {
    reason: "no-trainer",
    keys: ["stack"],
    isVain: ({ stack, objective }) => !supportsObjective(stack, objective),
    instead: () => ({ stack: WITH_ALL }),
  },
  {
    reason: "apart",
    keys: APARTS.map(([key]) => key),
    isVain: ({ objective }, key) => keysExcludedBy(objective).has(key),
  },
  {
    reason: "not-the-sum",
    keys: ["seq"],
    isVain: (now) => splitCompletion(now).seq !== now.seq,
    instead: splitCompletion,
  },
  { reason: "not-on-card", keys: ["vllm", "sleep"], isVain: ({ engine }) => engine !== "vllm-colocate" },
  { reason: "generates", keys: ["evalkeep"], isVain: ({ evalgen }) => evalgen > 0 },
];

/**
 * Makes choices such as a link can carry: the method in focus is shown, what is of another method, objective, engine or evaluation has its default, and `completion` is
 * what `seq` has beside `prompt` (`SETTLED_RULES`; a link that says otherwise is told so). Without this the page and its own link would disagree.
 */
export const settle = (choices: Choices): Choices => {
  let now = choices;
  for (const { keys, isVain, instead } of SETTLED_RULES)
    for (const key of keys)
      if (isVain(now, key)) now = { ...now, ...(instead?.(now) ?? { [key]: DEFAULT_CHOICES[key] }) };
  const settled = { ...now, ...splitCompletion(now) };
  return changedFields(choices, settled).length === 0 ? choices : settled;
};
