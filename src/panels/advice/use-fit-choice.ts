// State of the choice between the options that make a method fit, and their words.

import { runsOnCard } from "#calc/card/usable-memory.ts";
import { wholeCard, type Answer } from "#scenario/choices/answer.ts";
import type { FitOption, FitOptions } from "#service/answers/fit-options.ts";
import { useMemo, useState } from "react";
import { useIsLocked } from "#panels/scenario/locked-changes.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import type { InverseId } from "#advice/largest-setting.ts";
import type { OfferKind } from "#advice/change-offers.ts";
import { GROUP_NAMES, type PriceGroup } from "#advice/prices.ts";
import { type SettingApart, settingDifferences } from "#advice/setting-differences.ts";

/** The one that stands for all before one is picked: the leftmost that can be chosen and fits or may fit; where none does, the one that comes nearest. */
const firstOption = (options: readonly FitOption[]): FitOption | null => {
  const open = options.flatMap((option) => {
    const [one] = option.answer.methods;
    return option.whyNot === null && one !== undefined ? [{ option, card: wholeCard(one) }] : [];
  });
  const [nearest] = open.toSorted((one, other) => other.card.headroomBytes - one.card.headroomBytes);
  return (open.find(({ card }) => runsOnCard(card)) ?? nearest)?.option ?? null;
};

/** A setting that stays as it is, and how that is said: "Batch kept at 4". */
type Kept = Readonly<{ subject: string; says: string }>;

/** What somebody has picked for some choices; forgotten with these. */
type Picks = Readonly<{
  choices: Choices | null;
  id: FitOption["id"] | null;
  /** Whether the number that is picked stands beside what costs nothing. */
  isBoth: boolean;
  kept: readonly Kept[];
}>;

const NONE: Picks = { choices: null, id: null, isBoth: false, kept: [] };

/** Ways that change what the page around an embed has locked cannot be chosen. */
const unlocked = (option: FitOption, isLocked: ReturnType<typeof useIsLocked>): FitOption => ({
  ...option,
  whyNot: option.whyNot ?? (isLocked(option.patch) ? "Locked here" : null),
  both: option.both !== null && isLocked(option.both.patch) ? null : option.both,
});

/** The ways that there are, the one that is picked, and how to pick another. */
export type FitChoice = Readonly<{
  options: FitOptions;
  /** The one that is picked, or that stands for all at first; null where none can be chosen. */
  option: FitOption | null;
  /** The one that stands for all before one is picked. */
  first: FitOption | null;
  kept: readonly Kept[];
  /** Whether they are those of these very choices. */
  fresh: boolean;
  /** null goes back to the first. */
  pick: (id: FitOption["id"] | null) => void;
  /** Whether the number that is picked stands beside what costs nothing. */
  isBoth: boolean;
  setBoth: (isBoth: boolean) => void;
  /** Composes them again without the changes of a subject. */
  keep: (setting: Kept) => void;
  /** Composes them again with these. */
  free: (subject: string) => void;
}>;

/** @param choices with the method in focus chosen @returns null before the first answer */
export const useFitChoice = (choices: Choices): FitChoice | null => {
  const [picks, setPicks] = useState(NONE);
  const isLocked = useIsLocked();
  const { id, isBoth, kept } = picks.choices === choices ? picks : NONE;
  const asked = useMemo(() => ({ choices, kept: kept.map(({ subject }) => subject) }), [choices, kept]);
  const { value, fresh } = useEngineAnswer("fitOptions", asked);
  if (value === null) return null;
  const change = (next: (mine: Picks) => Partial<Picks>): void =>
    setPicks((before) => {
      const mine = before.choices === choices ? before : { ...NONE, choices };
      return { ...mine, ...next(mine) };
    });
  const alone = value.options.map((option) => unlocked(option, isLocked));
  const first = firstOption(alone);
  const picked = alone.find((option) => option.id === id && option.whyNot === null) ?? first;
  const option = picked !== null && isBoth ? { ...picked, ...picked.both } : picked;
  return {
    options: { ...value, options: alone.map((each) => (each === picked && option !== null ? option : each)) },
    option,
    first,
    kept,
    fresh,
    pick: (next) => change(() => ({ id: next, isBoth: false })),
    isBoth: isBoth && option?.both !== null,
    setBoth: (next) => change(() => ({ id: picked?.id ?? null, isBoth: next })),
    keep: (setting) => change((mine) => ({ kept: [...mine.kept, setting] })),
    free: (subject) => change((mine) => ({ kept: mine.kept.filter((each) => each.subject !== subject) })),
  };
};

const ROOM_NAMES: Readonly<Record<InverseId, string>> = {
  maxSequence: "Longer sequence",
  maxBatch: "Larger micro batch",
  maxRank: "Higher rank",
  maxModelParams: "Larger model",
};

const isRoom = (id: OfferKind | InverseId): id is InverseId => Object.hasOwn(ROOM_NAMES, id);

/** What an option costs, or what the room is spent on. */
export const optionName = ({ id }: Pick<FitOption, "id">): string => (isRoom(id) ? ROOM_NAMES[id] : GROUP_NAMES[id]);

/** The numbers as they are said of alone. */
const ROOM_WORDS: Readonly<Record<InverseId, Readonly<{ field: keyof Choices; words: (value: string) => string }>>> = {
  maxSequence: { field: "seq", words: (value) => `${value}\u00a0tokens` },
  maxBatch: { field: "batch", words: (value) => `micro batch\u00a0${value}` },
  maxRank: { field: "r", words: (value) => `rank\u00a0${value}` },
  maxModelParams: { field: "model", words: (value) => `${value}\u00a0parameters` },
};

const settingOf = (id: InverseId, now: Answer, then: Answer): SettingApart | undefined =>
  settingDifferences(now, then).find(({ field }) => field === ROOM_WORDS[id].field);

/** "With a fused loss: 12,824 tokens."; null where nothing beside the number gives it more room. */
export const combinedOptionText = ({ id, both }: FitOption, now: Answer): string | null => {
  if (both === null || !isRoom(id)) return null;
  const setting = settingOf(id, now, both.answer);
  return setting === undefined ? null : `With ${both.beside}: ${ROOM_WORDS[id].words(setting.after)}.`;
};

/** What it changes, in a line: "Fused loss + Batch 4 to 2", "2,048 → 4,283 tokens"; or why it cannot be chosen. */
export const optionChangesText = ({ id, changes, answer, whyNot }: FitOption, now: Answer): string => {
  if (whyNot !== null) return whyNot;
  if (!isRoom(id)) return changes.map(({ title }) => title).join(" + ");
  const setting = settingOf(id, now, answer);
  const unit = id === "maxSequence" ? " tokens" : "";
  const beside = changes.filter(({ subject }) => subject !== id).map(({ title }) => title);
  return [...beside, ...(setting === undefined ? [] : [`${setting.before} → ${setting.after}${unit}`])].join(" + ");
};

/** The last group of changes that is open without being asked for: that of the option, or what leaves the result as it is. */
export const lastOpenGroup = (option: Pick<FitOption, "id"> | null): PriceGroup =>
  option === null || isRoom(option.id) ? "slower" : option.id;
