import type { InverseId } from "#advice/inverse-id.ts";
import type { OfferKind } from "#advice/offers.ts";
import { GROUP_NAMES, type PriceGroup } from "#advice/price.ts";
import { type SettingApart, settingsApart } from "#advice/settings-apart.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { FitOption } from "#service/answers/fit-option.ts";

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
  settingsApart(now, then).find(({ field }) => field === ROOM_WORDS[id].field);

/** "With a fused loss: 12,824 tokens."; null where nothing beside the number gives it more room. */
export const bothWords = ({ id, both }: FitOption, now: Answer): string | null => {
  if (both === null || !isRoom(id)) return null;
  const setting = settingOf(id, now, both.answer);
  return setting === undefined ? null : `With ${both.beside}: ${ROOM_WORDS[id].words(setting.after)}.`;
};

/** What it changes, in a line: "Fused loss + Batch 4 to 2", "2,048 → 4,283 tokens"; or why it cannot be chosen. */
export const optionSet = ({ id, changes, answer, whyNot }: FitOption, now: Answer): string => {
  if (whyNot !== null) return whyNot;
  if (!isRoom(id)) return changes.map(({ title }) => title).join(" + ");
  const setting = settingOf(id, now, answer);
  const unit = id === "maxSequence" ? " tokens" : "";
  const beside = changes.filter(({ subject }) => subject !== id).map(({ title }) => title);
  return [...beside, ...(setting === undefined ? [] : [`${setting.before} → ${setting.after}${unit}`])].join(" + ");
};

/** The last group of changes that is open without being asked for: that of the option, or what leaves the result as it is. */
export const lastGroup = (option: Pick<FitOption, "id"> | null): PriceGroup =>
  option === null || isRoom(option.id) ? "slower" : option.id;
