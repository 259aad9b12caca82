import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { chosenArchitecture } from "./chosen-architecture.ts";
import type { KeyedProblem, Texts } from "#scenario/keys/codec/keyed-codec.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { applyRules } from "./rules/apply-rules.ts";
import { inKeyOrder } from "./rules/in-key-order.ts";
import { TOLD_RULES } from "./rules/settled-words.ts";
import { settle } from "./settle.ts";

/** Choices as read key by key, and what is wrong with them together. */
type Checked = Readonly<{ choices: Choices; problems: readonly KeyedProblem[] }>;

const checkSettled = (choices: Choices, texts: Texts): Checked => {
  const { taken } = applyRules(TOLD_RULES, choices, {});
  // Of a key that was not given, or of a name that is not known, nothing is said.
  const told = inKeyOrder(taken.filter(({ key }) => texts[key] !== undefined && !(key in choices.unknown)));
  const problems = told.map(({ key, why }) => ({ key, code: "ignored-here", why }) as const);
  return { choices: settle(choices), problems };
};

const notInModel = (key: string, names: readonly string[]): readonly KeyedProblem[] =>
  names.map((name) => ({ key, code: "unknown-value", why: `names ${name}, a module that the model does not have` }));

/** Module names that the chosen model has; the presets need no check here, since every model says what they mean for it. */
const checkModules = (choices: Choices, catalog: Catalog): Checked => {
  const { targets, save } = choices;
  if (typeof targets === "string" && save.length === 0) return { choices, problems: [] };
  const architecture = chosenArchitecture(choices, catalog);
  const problems: KeyedProblem[] = [];
  const keep = (key: string, names: readonly string[], isKnown: (name: string) => boolean): readonly string[] => {
    const known = names.filter(isKnown);
    problems.push(
      ...notInModel(
        key,
        names.filter((name) => !known.includes(name)),
      ),
    );
    return known;
  };
  const kept = typeof targets === "string" ? targets : keep("targets", targets, ENGINE.canTarget(architecture));
  const saved = keep("save", save, ENGINE.canSave(architecture));
  return {
    choices: { ...choices, targets: kept.length === 0 ? DEFAULT_CHOICES.targets : kept, save: saved },
    problems,
  };
};

/**
 * Choices in which the keys of a link go together, and a problem for each that did not: the method in focus is one of those shown, `quant` needs QLoRA in focus,
 * `evalkeep` no generation, an objective a library that has it, and modules must be the model's own.
 *
 * @param texts what the link gave, to tell a default from a value
 * @param catalog null while the model may not be here yet: modules are not checked then
 */
export const crossCheck = (choices: Choices, texts: Texts, catalog: Catalog | null): Checked => {
  const settled = checkSettled(choices, texts);
  if (catalog === null) return settled;
  const modules = checkModules(settled.choices, catalog);
  return { choices: modules.choices, problems: [...settled.problems, ...modules.problems] };
};
