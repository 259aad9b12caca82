import type { Choices } from "#scenario/keys/choices.ts";

/** The keys of further scenarios, held beside the first (`pinned-link.ts`): what differs from it. */
export const PINNED_KEYS = ["b", "c", "d"] as const;
export type PinnedKey = (typeof PINNED_KEYS)[number];

/** Further scenarios that fit beside the first. @internal */
export const MOST_PINNED = PINNED_KEYS.length;

/** Whether no other scenario fits beside the first and these. */
export const isFull = (pinned: readonly Choices[]): boolean => pinned.length >= MOST_PINNED;
