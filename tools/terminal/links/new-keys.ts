import type { Json, LinkAnswer } from "./link-answer.ts";

type Tree = Readonly<Record<string, Json>>;

const scenarioOf = (answer: LinkAnswer): Tree =>
  "none" in answer ? {} : (((answer.json as Tree)["scenario"] as Tree | undefined) ?? {});

const keysOf = (answers: readonly LinkAnswer[]): ReadonlySet<string> =>
  new Set(answers.flatMap((answer) => Object.keys(scenarioOf(answer))));

/** Keys of the link that the code here has and the other has not. */
export const newKeys = (before: readonly LinkAnswer[], after: readonly LinkAnswer[]): readonly string[] => {
  const known = keysOf(before);
  return [...keysOf(after)].filter((key) => !known.has(key));
};

/** Whether a link names one of these keys, as a key or as something that is locked: such a link asks each side about something else. */
export const namesOneOf = (link: string, keys: readonly string[]): boolean =>
  keys.some((key) => new RegExp(`\\b${key}\\b`).test(link));

/** The answer without what it says of these keys. */
export const withoutKeys = (answer: LinkAnswer, keys: readonly string[]): LinkAnswer => {
  if ("none" in answer || keys.length === 0) return answer;
  const scenario = Object.fromEntries(Object.entries(scenarioOf(answer)).filter(([key]) => !keys.includes(key)));
  return { json: { ...(answer.json as Tree), scenario } };
};
