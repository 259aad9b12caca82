import { type Codec, type Problem, read, refused } from "./codec.ts";

/** The items of a comma list, without blanks and repetitions; `none` is the empty list. */
const itemsOf = (text: string): readonly string[] => {
  const items = text.split(",").map((item) => item.trim());
  const given = [...new Set(items.filter((item) => item !== ""))];
  return given.length === 1 && given[0]?.toLowerCase() === "none" ? [] : given;
};

const unknown = (item: string, what: string): Problem => ({
  code: "unknown-value",
  why: `names ${item}, which is not ${what}`,
});

/**
 * Some of a few words: written in their fixed order, understood in any.
 *
 * @param what one of them is called, with its article: "a panel"
 */
const someOf = <Value extends string>(values: readonly Value[], what: string): Codec<readonly Value[]> => ({
  encode: (chosen) => chosen.join(","),
  decode: (text) => {
    const items = itemsOf(text).map((item) => item.toLowerCase());
    return {
      value: values.filter((value) => items.includes(value)),
      problems: items.filter((item) => !values.some((value) => value === item)).map((item) => unknown(item, what)),
    };
  },
});

/** The same, where most may be chosen: `all` is all of them, and what has a minus before it is left out (`all,-batch,-seq`). Written as is shorter. */
export const someOrAllBut = <Value extends string>(values: readonly Value[], what: string): Codec<readonly Value[]> => {
  const some = someOf(values, what);
  return {
    encode: (chosen) => {
      const listed = some.encode(chosen);
      const left = values.filter((value) => !chosen.includes(value)).map((value) => `-${value}`);
      const allBut = ["all", ...left].join(",");
      return allBut.length < listed.length ? allBut : listed;
    },
    decode: (text) => {
      const items = itemsOf(text).map((item) => item.toLowerCase());
      if (!items.includes("all")) return some.decode(text);
      const left = items.flatMap((item) => (item.startsWith("-") ? [item.slice(1)] : []));
      const given = items.flatMap((item) =>
        item === "all" || values.some((value) => item === `-${value}`) ? [] : [item],
      );
      const { problems } = some.decode(given.join(","));
      return { value: values.filter((value) => !left.includes(value)), problems };
    },
  };
};

/** The same, where at least one must be chosen. */
export const atLeastOneOf = <Value extends string>(values: readonly Value[], what: string): Codec<readonly Value[]> => {
  const some = someOf(values, what);
  return {
    encode: some.encode,
    decode: (text) => {
      const { value, problems } = some.decode(text);
      if (value !== undefined && value.length > 0) return { value, problems };
      return problems.length > 0 ? { problems } : refused("unknown-value", `names not ${what}`);
    },
  };
};

/** What a module of a model can be called: a Python name, or a path of them. */
const MODULE_NAME = /^[A-Za-z_][\w.-]{0,39}$/;

/** More names than the widest family has linear modules; a list beyond it is a mistake. */
const MOST_NAMES = 16;

/** Names of modules, as `LoraConfig` has them; whether the model has them is asked later, when the model is known. */
export const moduleNames: Codec<readonly string[]> = {
  encode: (names) => names.join(","),
  decode: (text) => {
    const items = itemsOf(text);
    const names = items.filter((item) => MODULE_NAME.test(item));
    const problems = items.filter((item) => !MODULE_NAME.test(item)).map((item) => unknown(item, "a module name"));
    if (names.length <= MOST_NAMES) return { value: names, problems };
    const tooMany: Problem = { code: "too-large", why: `names more than ${MOST_NAMES} modules` };
    return { value: names.slice(0, MOST_NAMES), problems: [...problems, tooMany] };
  },
};

/** A preset by its name, or else a list of module names, which must not be empty. */
export const presetOrModuleNames = <Preset extends string>(
  presets: readonly Preset[],
): Codec<Preset | readonly string[]> => ({
  encode: (value) => (typeof value === "string" ? value : moduleNames.encode(value)),
  decode: (text) => {
    const word = text.trim().toLowerCase();
    const preset = presets.find((candidate) => candidate === word);
    if (preset !== undefined) return read(preset);
    const { value = [], problems } = moduleNames.decode(text);
    if (value.length > 0) return { value, problems };
    return problems.length > 0 ? { problems } : refused("unknown-value", "names no module");
  },
});
