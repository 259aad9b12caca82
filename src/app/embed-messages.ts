// Messages between the embed and the page around it: its height, its settings, and new settings to apply.

import { type Choices, PINNED_KEYS } from "#scenario/keys/choices.ts";
import { openLink } from "#scenario/page/open-link.ts";
import { type ScenarioState, useScenario } from "#scenario/page/store.ts";
import { encodeLink, isLinkKey, linkTexts } from "#scenario/choices/encode-link.ts";
import { applyTheme } from "./theme.ts";

/** The version of the messages; a later one may add fields, and takes none away. docs/embedding.md describes them. */
const VERSION = 1;

/** No link that this tool writes is longer; what is beyond is no state of this calculator. */
const LONGEST_LINK = 2000;

/** What a message has under a key of its own; undefined where it is no object or has no such key. */
const fieldOf = (data: unknown, key: string): unknown =>
  typeof data === "object" && data !== null && Object.hasOwn(data, key)
    ? (data as Readonly<Record<string, unknown>>)[key]
    : undefined;

/** How the embed looks. A link that leaves these out leaves them as they are. */
const LOOKS = ["theme", "only", "hide", "lock"] as const;

/** Gives a link the looks that it leaves out, where there are others to keep. */
const keepLooks = (keys: URLSearchParams, kept: (key: (typeof LOOKS)[number]) => string | null): void => {
  for (const key of LOOKS) {
    const look = keys.has(key) ? null : kept(key);
    if (look !== null) keys.set(key, look);
  }
};

/** A link as one of this embed: it may set what a link can, but not turn the frame into the whole page. */
const asEmbed = (keys: URLSearchParams, now: Choices): string => {
  const texts = linkTexts({ ...now, embed: true });
  keepLooks(keys, (key) => texts[key] ?? "");
  for (const key of PINNED_KEYS) keys.delete(key);
  keys.set("embed", "1");
  return `?${keys}`;
};

/** The keys of a link; null where it is none, or has no key that is known, and so says nothing. */
const keysOf = (link: unknown): URLSearchParams | null => {
  if (typeof link !== "string" || link.length > LONGEST_LINK) return null;
  const keys = new URLSearchParams(link);
  return [...keys.keys()].some(isLinkKey) ? keys : null;
};

/**
 * Tells the page around this one how high the embed is and what was chosen in it, and takes a new state from that page alone: read as a link is, and
 * never more than a link could do. Anything else that arrives is left without a word.
 *
 * @see https://github.com/Lemick/open-iframe-resizer packages/core/src/child.ts, whose messages are answered too
 * @returns ends it
 */
export const exchangeMessages = (): (() => void) => {
  const { parent } = globalThis;
  const send = (message: Readonly<Record<string, unknown>>): void => parent.postMessage(message, "*");
  let resizer = false;
  let said = "";
  /** The number of the last message that was followed, so that the sender can tell what was said before it from what came of it. */
  let answers: number | null = null;
  /** The link of the newest message, until it is here, and that message's number. */
  let wanted: URLSearchParams | null = null;
  let wantedId: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const sayHeight = (): void => {
    const { width, height } = document.documentElement.getBoundingClientRect();
    const size = { width: Math.ceil(width), height: Math.ceil(height) };
    send({ type: "headroom:height", version: VERSION, height: size.height });
    if (resizer) send({ type: "iframe-resized", ...size });
  };
  const sayState = ({ choices, issues, answer }: ScenarioState): void => {
    const link = encodeLink(choices);
    const notKnown = answer?.notKnown.map(({ sentence }) => sentence) ?? [];
    const content = { link, state: linkTexts(choices), issues, notKnown, answers };
    const state = { type: "headroom:state", version: VERSION, ...content };
    const text = JSON.stringify(state);
    if (text === said) return;
    said = text;
    applyTheme(choices.theme);
    send(state);
  };
  const open = async (keys: URLSearchParams): Promise<void> => {
    answers = wantedId;
    await openLink(asEmbed(keys, useScenario.getState().choices));
    if (wanted === keys) wanted = null;
  };
  /** Opens the newest of many links that come at once; what the others said of looks stays. */
  const want = (keys: URLSearchParams, id: unknown): void => {
    const last = wanted;
    if (last !== null) keepLooks(keys, (key) => last.get(key));
    wanted = keys;
    wantedId = typeof id === "number" ? id : null;
    timer ??= setTimeout(() => {
      timer = undefined;
      if (wanted !== null) void open(wanted);
    });
  };
  const hear = ({ source, data }: MessageEvent<unknown>): void => {
    if (source !== parent) return;
    const type = fieldOf(data, "type");
    const keys = type === "headroom:set" ? keysOf(fieldOf(data, "link")) : null;
    if (keys !== null) want(keys, fieldOf(data, "id"));
    if (type === "iframe-child-init") resizer = true;
    if (type === "iframe-child-init" || (type === "iframe-get-child-dimensions" && resizer)) sayHeight();
  };

  const observer = new ResizeObserver(sayHeight);
  observer.observe(document.documentElement);
  const unsubscribe = useScenario.subscribe(sayState);
  addEventListener("message", hear);
  sayState(useScenario.getState());
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    unsubscribe();
    removeEventListener("message", hear);
  };
};
