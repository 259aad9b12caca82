import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { chosenArchitecture } from "./chosen-architecture.ts";
import type { KeyedProblem, Texts } from "#scenario/keys/codec/keyed-codec.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { APART_WORDS } from "#scenario/words/apart-words.ts";
import { keysApart } from "./objective-keys.ts";
import { isSameChoice } from "./same-choice.ts";
import { settle } from "./settle.ts";

/** Choices as read key by key, and what is wrong with them together. */
type Checked = Readonly<{ choices: Choices; problems: readonly KeyedProblem[] }>;

const notOnCard = ({ engine }: Choices): string => `belongs to engine=vllm-colocate, and the engine is ${engine}`;

/** Why `settle` takes back the value of a key. `quant` is asked for whatever its value, as the default means nothing without QLoRA either: null where it does. */
const WHY_SETTLED: Readonly<Record<string, (choices: Choices, settled: Choices) => string | null>> = {
  method: () => "is not shown",
  quant: (_, { method }) => (method === "qlora" ? null : `belongs to method=qlora, and the method is ${method}`),
  stack: ({ objective }) => `has no trainer that is counted for objective=${objective}`,
  seq: () => "is not the sum of prompt and completion",
  vllm: notOnCard,
  sleep: notOnCard,
  evalkeep: ({ evalgen }) => `is of logits, and evalgen=${evalgen} keeps generated tokens in their place`,
};

const checkSettled = (choices: Choices, texts: Texts): Checked => {
  const settled = settle(choices);
  const ofObjective = Object.fromEntries(
    [...keysApart(choices.objective)]
      .filter(([key]) => !isSameChoice(choices[key], DEFAULT_CHOICES[key]))
      .map(([key, apart]) => [key, () => APART_WORDS[apart]]),
  );
  const problems = Object.entries({ ...WHY_SETTLED, ...ofObjective }).flatMap(([key, whySettled]) => {
    const isSame = isSameChoice(settled[key as keyof Choices], choices[key as keyof Choices]);
    // Of a name that is not known nothing else is said.
    const isTaken = texts[key] !== undefined && !(key in choices.unknown);
    const why = !isTaken || (isSame && key !== "quant") ? null : whySettled(choices, settled);
    return why === null ? [] : [{ key, code: "ignored-here", why } as const];
  });
  return { choices: settled, problems };
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
