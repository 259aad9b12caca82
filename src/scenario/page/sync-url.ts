import { openLink } from "./open-link.ts";
import { pageLink } from "./page-link.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { isSameChoice } from "#scenario/choices/same-choice.ts";
import { type ScenarioState, useScenario } from "./store.ts";
import { encodeLink } from "#scenario/choices/url.ts";

/**
 * While a hand is on a control, and while changes follow each other sooner than this, the address waits: until the hand lets go, or rests for so long.
 * Writing costs a frame or two, and Safari throws when a page writes more than 100 times in 10 to 30 seconds.
 */
const QUIET_MS = 250;

/** A pointer or a key goes down. */
const TAKING = ["pointerdown", "keydown"] as const;
/** It lets go, or the browser says that a field has another value: a page that is reloaded or closed right then must have its address. */
const LETTING_GO = ["pointerup", "pointercancel", "keyup", "change"] as const;

const BARE_LINK = encodeLink(DEFAULT_CHOICES);

/** How the address is written: over the current entry of the history, or as a new one. */
type Entry = "replace" | "push";

/** Whether a change is an act of its own that "back" should undo, rather than one step of a slider. */
const isDiscreteAct = (before: Choices, after: Choices): boolean => {
  if (before.method !== after.method || before.stack !== after.stack) return true;
  const isSlid = <Kind extends string>(one: { kind: Kind }, other: { kind: Kind }): boolean =>
    one.kind === other.kind && one.kind !== "catalog";
  return (
    (!isSameChoice(before.model, after.model) && !isSlid(before.model, after.model)) ||
    (!isSameChoice(before.gpu, after.gpu) && !isSlid(before.gpu, after.gpu))
  );
};

/** A new entry in an embedded page would turn "back" on the page around it into a trap. */
const entryFor = (before: Choices, after: Choices): Entry =>
  !after.embed && isDiscreteAct(before, after) ? "push" : "replace";

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

/**
 * Keeps the address and the choices the same from now on: changes are written to the address (not while a slider moves, the last one always), and back and
 * forward bring the choices of that entry back. The address is repaired at once where it was not canonical.
 *
 * @returns ends it
 */
export const syncUrl = (): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let changedAt = Number.NEGATIVE_INFINITY;
  let search = location.search;
  let isHeld = false;

  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const writeNow = (how: Entry, state: ScenarioState): void => {
    cancel();
    write(how, state);
    search = location.search;
  };
  const flush = (): void => {
    if (timer !== undefined) writeNow("replace", useScenario.getState());
  };
  const onChange = (state: ScenarioState, past: ScenarioState): void => {
    if (state.choices === past.choices && state.pinned === past.pinned) return;
    const now = performance.now();
    const isFirst = now - changedAt >= QUIET_MS;
    changedAt = now;
    if (entryFor(past.choices, state.choices) === "push") {
      // Where a slider has just stopped belongs to the entry that "back" will return to.
      if (timer !== undefined) writeNow("replace", past);
      writeNow("push", state);
    } else if (isFirst && !isHeld) {
      writeNow("replace", state);
    } else {
      clearTimeout(timer);
      timer = setTimeout(flush, QUIET_MS);
    }
  };
  const onPopState = (): void => {
    // A jump to an anchor comes by here too, with nothing new in the link.
    if (location.search === search) return;
    cancel();
    search = location.search;
    void openLink(location.search).then(() => writeNow("replace", useScenario.getState()));
  };

  writeNow("replace", useScenario.getState());
  const unsubscribe = useScenario.subscribe(onChange);
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener("popstate", onPopState, { signal });
  for (const type of TAKING) addEventListener(type, () => (isHeld = true), { signal, capture: true, passive: true });
  const letGo = (): void => {
    isHeld = false;
    flush();
  };
  for (const type of LETTING_GO) addEventListener(type, letGo, { signal, passive: true });
  addEventListener("pagehide", flush, { signal });
  return () => {
    cancel();
    unsubscribe();
    listening.abort();
  };
};
