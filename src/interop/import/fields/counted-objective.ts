// Objectives that are estimated, by name, and findings that do not apply to the objective.

import { ownValue } from "#calc/base/guards.ts";
import { OBJECTIVES, type ObjectiveId } from "#calc/model/objective.ts";
import type { LinkKey } from "#scenario/keys/choices.ts";
import { APART_WORDS } from "#scenario/choices/rules/refusals.ts";
import type { Apart } from "#scenario/keys/key.ts";
import { keysExcludedBy } from "#scenario/choices/settle.ts";
import type { Finding } from "#interop/import/source-fields.ts";

/** What tools and scripts call objectives that have another name in the link. IPO is a loss of DPO's trainer, GDPO another way to add up GRPO's rewards. */
const IDS: Readonly<Record<string, string>> = {
  ipo: "dpo",
  gdpo: "grpo",
  gkd: "distill",
  rm: "reward",
  reward_modeling: "reward",
};

const isCounted = (id: string): id is ObjectiveId => OBJECTIVES.some((each) => each === id);

/** The objective of a name, in letters of any case; undefined where it is not counted. */
export const countedObjective = (name: string): ObjectiveId | undefined => {
  const word = name.toLowerCase();
  const id = ownValue(IDS, word) ?? word;
  return isCounted(id) ? id : undefined;
};

type Read = Extract<Finding, { kind: "read" }>;

/** Keys whose values take no memory beside another objective: it has a loss of its own. */
const WITHOUT_EFFECT: readonly LinkKey[] = ["loss", "ref", "beta"];

/** What is off, or is nothing of several. */
const OFF: readonly string[] = ["0", "1"];

/** Whether a value would be counted beside SFT. Rows that are not packed are padded, which is how others have theirs. */
const changesMemory = ({ key, text }: Read): boolean => {
  if (WITHOUT_EFFECT.includes(key)) return false;
  return key === "packing" || key === "sp" || key === "eval" ? text !== "0" : !OFF.includes(text);
};

/** The value of a key: what is read goes before what is assumed, later before earlier. */
export const valueOfKey = (findings: readonly Finding[], key: LinkKey): string | undefined => {
  const of = (kind: "read" | "assumed"): string | undefined =>
    findings.findLast(
      (found): found is Extract<Finding, { kind: "read" | "assumed" }> => found.kind === kind && found.key === key,
    )?.text;
  return of("read") ?? of("assumed");
};

const ROWS = "A row is its prompt and its completion, whose lengths are known.";
const TOGETHER = "A prompt and its completion, together.";

/** A row is its prompt and its completion, where both are known, whatever else says how long it is. */
const withWholeRows = (findings: readonly Finding[]): readonly Finding[] => {
  const [prompt, completion] = (["prompt", "completion"] as const).map((key) => Number(valueOfKey(findings, key)));
  const whole = (prompt ?? Number.NaN) + (completion ?? Number.NaN);
  if (!Number.isSafeInteger(whole)) return findings;
  return [
    ...findings.flatMap((found): readonly Finding[] => {
      if (found.kind === "uncut") return [{ kind: "ignored", field: found.field, sentence: ROWS }];
      if (!("key" in found) || found.key !== "seq") return [found];
      return found.kind === "read" ? [{ kind: "ignored", field: found.field, sentence: ROWS }] : [];
    }),
    { kind: "assumed", key: "seq", text: String(whole), sentence: TOGETHER },
  ];
};

/** Findings without what says nothing with the objective that is found among them: a field is said to be of another one, and nothing of it is assumed. */
export const withObjective = (findings: readonly Finding[]): readonly Finding[] => {
  const objective = countedObjective(valueOfKey(findings, "objective") ?? "sft");
  const apart: ReadonlyMap<LinkKey, Apart> = objective === undefined ? new Map() : keysExcludedBy(objective);
  return withWholeRows(findings).flatMap((found): readonly Finding[] => {
    const why = "key" in found ? apart.get(found.key) : undefined;
    if (why === undefined) return [found];
    if (found.kind !== "read") return [];
    const kind = changesMemory(found) ? "not-modelled" : "ignored";
    return [{ kind, field: found.field, sentence: `It ${APART_WORDS[why]}.` }];
  });
};
