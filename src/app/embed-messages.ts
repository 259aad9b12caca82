import type { Choices } from "#scenario/choices/choices.ts";
import { openLink } from "#scenario/page/open-link.ts";
import { type ScenarioState, useScenario } from "#scenario/page/store.ts";
import { PINNED_KEYS } from "#scenario/choices/pinned-keys.ts";
import { encodeLink, LINK_KEYS, linkTexts } from "#scenario/choices/url.ts";
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

/**
 * The link of a message, as one of this embed: it may set what a link can, but not turn the frame into the whole page. null where it has no key of a
 * link at all, and so says nothing.
 */
const asEmbed = (link: string, now: Choices): string | null => {
  const keys = new URLSearchParams(link);
  if (![...keys.keys()].some((key) => LINK_KEYS.includes(key))) return null;
  const texts = linkTexts({ ...now, embed: true });
  for (const key of LOOKS) if (!keys.has(key)) keys.set(key, texts[key] ?? "");
  for (const key of PINNED_KEYS) keys.delete(key);
  keys.set("embed", "1");
  return `?${keys}`;
};

/** The link that a message asks for; null where it asks for nothing that is one. */
const wantedBy = (data: unknown): string | null => {
  const link = fieldOf(data, "link");
  return typeof link === "string" && link.length <= LONGEST_LINK ? asEmbed(link, useScenario.getState().choices) : null;
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
  const hear = ({ source, data }: MessageEvent<unknown>): void => {
    if (source !== parent) return;
    const type = fieldOf(data, "type");
    const link = type === "headroom:set" ? wantedBy(data) : null;
    if (link !== null) {
      const id = fieldOf(data, "id");
      answers = typeof id === "number" ? id : null;
      void openLink(link);
    }
    if (type === "iframe-child-init") resizer = true;
    if (type === "iframe-child-init" || (type === "iframe-get-child-dimensions" && resizer)) sayHeight();
  };

  const observer = new ResizeObserver(sayHeight);
  observer.observe(document.documentElement);
  const unsubscribe = useScenario.subscribe(sayState);
  addEventListener("message", hear);
  sayState(useScenario.getState());
  return () => {
    observer.disconnect();
    unsubscribe();
    removeEventListener("message", hear);
  };
};
