import type { InverseId } from "#advice/inverse-id.ts";
import type { OfferKind } from "#advice/offers.ts";
import { GROUP_NAMES, type PriceGroup } from "#advice/prices.ts";
import { settingsApart } from "#advice/settings-apart.ts";
import type { FitOption, FitOptions } from "#service/answers/fit-options.ts";

const ROOM_NAMES: Readonly<Record<InverseId, string>> = {
  maxSequence: "Longer sequence",
  maxBatch: "Larger micro batch",
  maxRank: "Higher rank",
  maxModelParams: "Larger model",
};

const isRoom = (id: OfferKind | InverseId): id is InverseId => Object.hasOwn(ROOM_NAMES, id);

/** What an option costs, or what the room is spent on. */
export const optionName = ({ id }: Pick<FitOption, "id">): string => (isRoom(id) ? ROOM_NAMES[id] : GROUP_NAMES[id]);

/** What it changes, in a line: "Fused loss + Batch 4 to 2", "2,048 → 4,283"; or why it cannot be chosen. */
export const optionSet = ({ id, changes, answer, whyNot }: FitOption, now: FitOptions["now"]): string => {
  if (whyNot !== null) return whyNot;
  if (!isRoom(id)) return changes.map(({ title }) => title).join(" + ");
  const [setting] = settingsApart(now, answer);
  const unit = id === "maxSequence" ? " tokens" : "";
  return setting === undefined ? "" : `${setting.before} → ${setting.after}${unit}`;
};

/** The last group of changes that is open without being asked for: that of the option, or what leaves the result as it is. */
export const lastGroup = (option: Pick<FitOption, "id"> | null): PriceGroup =>
  option === null || isRoom(option.id) ? "slower" : option.id;
