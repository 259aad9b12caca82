// The page's address: kept the same as the choices, with back, forward and reload.

import { encodePinned, encodeLink } from "#scenario/choices/encode-link.ts";
import { type ScenarioState, useScenario } from "./store.ts";
import { DEFAULT_CHOICES, type Choices } from "#scenario/keys/choices.ts";
import { redo, undo, currentHold, watchHand } from "./actions.ts";
import { openLink } from "./open-link.ts";

/** The link to all that the page shows, from its `?` on: the choices, and the scenarios that are held beside them. */
export const pageLink = ({ choices, pinned }: Pick<ScenarioState, "choices" | "pinned">): string =>
  encodeLink(choices) + encodePinned(choices, pinned);

type Place = Pick<Location, "pathname" | "search" | "hash" | "reload" | "replace">;

/** Loads the page anew with all that it shows: at the link to it, whether the address has said so yet or not. */
export const reloadPage = (place: Place = location): void => {
  const link = pageLink(useScenario.getState());
  const isBare = place.search === "" && link === encodeLink(DEFAULT_CHOICES);
  if (isBare || place.search === link) place.reload();
  else place.replace(`${place.pathname}${link}${place.hash}`);
};

/**
 * While a hand is on a control, and while changes follow each other sooner than this, the address waits: until the hand lets go, or rests for so long.
 * Writing costs a frame or two, and Safari throws when a page writes more than 100 times in 10 to 30 seconds.
 */
const QUIET_MS = 250;

const BARE_LINK = encodeLink(DEFAULT_CHOICES);

/** How the address is written: over the current entry of the history, or as a new one. */
type Entry = "replace" | "push";

/** Each step that can be undone has an entry, a drag one for all of it. In an embedded page a new entry would turn "back" on the page around it into a trap. */
const entryFor = (before: ScenarioState, { choices, past }: ScenarioState): Entry =>
  choices !== before.choices && past !== before.past && !choices.embed ? "push" : "replace";

const write = (entry: Entry, state: ScenarioState): void => {
  const link = pageLink(state);
  // The bare address means the default choices already: it stays bare until something is chosen.
  if (link === location.search || (location.search === "" && link === BARE_LINK)) return;
  const address = `${location.pathname}${link}${location.hash}`;
  try {
    if (entry === "push") history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  } catch {
    // Sandboxed frames and Safari's limit refuse: the page works on, and the next change writes again.
  }
};

/** Whether an entry's link says these choices. The bare address says the default ones. */
const says = (search: string, choices: Choices | undefined): boolean =>
  choices !== undefined &&
  pageLink({ choices, pinned: useScenario.getState().pinned }) === (search === "" ? BARE_LINK : search);

/**
 * Brings the choices of the entry that the reader has gone to: as a step back or on where they are one, so that the way there stays open.
 *
 * @returns whether they are here
 */
const follow = async (search: string): Promise<boolean> => {
  const { past, future } = useScenario.getState();
  if (says(search, past.at(-1))) undo();
  else if (says(search, future.at(-1))) redo();
  else return (await openLink(search)) !== null;
  return true;
};

/**
 * Keeps the address and the choices the same from now on: changes are written to the address (not while a slider moves, the last one always), each step
 * as an entry of its own, and back and forward bring the choices of that entry. The address is repaired at once where it was not canonical.
 *
 * @param link the link that the choices are from; the reader may have gone on to another entry while it was opened
 * @param isOpened whether it could be opened
 * @returns ends it
 */
export const syncUrl = (link = location.search, isOpened = true): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let changedAt = Number.NEGATIVE_INFINITY;
  let search = link;
  /** What the next writing makes. */
  let entry: Entry = "replace";
  /** The entry whose choices are on their way. */
  let followed: object | null = null;

  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const writeNow = (state: ScenarioState): void => {
    cancel();
    write(entry, state);
    entry = "replace";
    search = location.search;
  };
  const flush = (): void => {
    if (timer !== undefined) writeNow(useScenario.getState());
  };
  const onChange = (state: ScenarioState, before: ScenarioState): void => {
    if (followed !== null || (state.choices === before.choices && state.pinned === before.pinned)) return;
    const now = performance.now();
    const isNew = entryFor(before, state) === "push";
    const isFirst = isNew || now - changedAt >= QUIET_MS;
    changedAt = now;
    if (isNew) {
      // Where a slider has just stopped belongs to the entry that "back" will return to.
      if (timer !== undefined) writeNow(before);
      entry = "push";
    }
    if (isFirst && currentHold() === null) writeNow(state);
    else {
      clearTimeout(timer);
      timer = setTimeout(flush, QUIET_MS);
    }
  };
  const onPopState = async (): Promise<void> => {
    // A jump to an anchor comes by here too, with nothing new in the link.
    if (location.search === search) return;
    cancel();
    search = location.search;
    const mine = {};
    followed = mine;
    const isHere = await follow(search);
    if (followed !== mine) return;
    followed = null;
    repair(isHere);
  };
  /** A link that could not be opened stays in the address: loaded anew, it may be. */
  const repair = (isHere: boolean): void => {
    if (isHere) writeNow(useScenario.getState());
  };

  if (location.search === link) repair(isOpened);
  else void onPopState();
  const unsubscribe = useScenario.subscribe(onChange);
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener("popstate", () => void onPopState(), { signal });
  watchHand(flush, signal);
  addEventListener("pagehide", flush, { signal });
  return () => {
    cancel();
    unsubscribe();
    listening.abort();
  };
};
