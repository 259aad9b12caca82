// Notices over the page: a script that could not be loaded, and an answer that takes long.

import { type ReactElement, type ReactNode, useEffect, useRef } from "react";
import styles from "./notices.module.css";
import { Button } from "#ui/Button.tsx";
import { createRoot } from "react-dom/client";
import { useScenario } from "#scenario/page/store.ts";
import { reloadPage } from "#scenario/page/page-address.ts";
import { pendingAnswers } from "#scenario/page/engine.ts";

type NoticeProps = Readonly<{
  /** `alert`: said at once by a screen reader; `status`: once it has said what it is saying. */
  voice: "alert" | "status";
  /** In another page, where it stands above the rest and covers nothing. */
  isEmbed: boolean;
  /** The sentence. */
  children: ReactNode;
  /** Buttons. */
  acts: ReactNode;
}>;

/** A sentence about the whole page, with what to do about it: above everything, an open dialog too. */
const Notice = ({ voice, isEmbed, children, acts }: NoticeProps): ReactElement => {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isEmbed) notice.current?.showPopover?.();
  }, [isEmbed]);
  return (
    <div
      ref={notice}
      className={isEmbed ? styles.inFlow : styles.over}
      popover={isEmbed ? undefined : "manual"}
      role={voice}
    >
      <p>{children}</p>
      <span className={styles.acts}>{acts}</span>
    </div>
  );
};

type GoneNoticeProps = Readonly<{
  /** There is a newer version; else the connection is the likeliest reason. */
  isReplaced: boolean;
  isEmbed: boolean;
  onReload: () => void;
  onDismiss: () => void;
}>;

/** Why parts of the page cannot be had, said once for all of them, and what to do. */
const GoneNotice = ({ isReplaced, isEmbed, onReload, onDismiss }: GoneNoticeProps): ReactElement => {
  const kept = isEmbed ? "what is chosen here stays" : "your scenario is in the link";
  const reload = (
    <Button kind="primary" size="small" onClick={onReload}>
      Reload
    </Button>
  );
  const dismiss = (
    <Button kind="quiet" size="small" onClick={onDismiss}>
      Dismiss
    </Button>
  );
  return (
    <Notice
      voice="alert"
      isEmbed={isEmbed}
      acts={
        <>
          {isReplaced && reload}
          {dismiss}
        </>
      }
    >
      {isReplaced
        ? `A new version is here, and parts of this one are gone. Reload the page: ${kept}.`
        : "A part of this page could not be loaded. Check the connection, and try again."}
    </Notice>
  );
};

/** A script of a build, as another one names it. */
const SCRIPT = /\bassets\/[^"'`]+\.js\b/;

/**
 * Whether the host has another version than the one that runs here: its boot.js, which a page that is loaded anew would begin with, names another first
 * script. false where that cannot be told: there is no connection, or what came is no boot.js.
 *
 * @param entry the address of the first script that runs here
 * @internal
 */
export const hasNewVersion = async (entry: string): Promise<boolean> => {
  try {
    // Asked for anew, so that it is not the copy of before that a reload finds.
    const response = await fetch(new URL("boot.js", document.baseURI), { cache: "no-cache" });
    const boot = await response.text();
    const name = entry.slice(entry.lastIndexOf("/") + 1);
    return response.ok && SCRIPT.test(boot) && !boot.includes(name);
  } catch {
    return false;
  }
};

/**
 * Shows a notice beside the page, whether that is drawn or not.
 *
 * @param draw the notice, for an embed or for a whole page
 * @returns takes it away
 */
const showNotice = (draw: (isEmbed: boolean) => ReactElement): (() => void) => {
  const isEmbed = useScenario.getState().choices.embed || "embed" in document.documentElement.dataset;
  const place = document.createElement("div");
  // What lies under a modal dialog cannot be pressed.
  if (isEmbed) document.body.prepend(place);
  else (document.querySelector("dialog:modal") ?? document.body).append(place);
  const root = createRoot(place);
  root.render(draw(isEmbed));
  return () => {
    if (place.isConnected) root.unmount();
    place.remove();
  };
};

/** Takes the notice away; nothing where there is none. */
let dismiss = (): void => undefined;

/** Many parts of a page are missed at once; the host is asked for one of them. */
let asking: Promise<boolean> | null = null;

/**
 * Says why a part of the page could not be had: a new version has taken the place of this one, or else the connection. In one place, once, until it is
 * dismissed; what is missed after that says it again.
 *
 * @param entry the address of the first script that runs here
 */
export const showPartGoneNotice = async (entry: string): Promise<void> => {
  if (asking !== null) return;
  asking = hasNewVersion(entry);
  const replaced = await asking;
  asking = null;
  dismiss();
  dismiss = showNotice((isEmbed) => (
    <GoneNotice isReplaced={replaced} isEmbed={isEmbed} onReload={() => reloadPage()} onDismiss={() => dismiss()} />
  ));
};

/** What is shown has been late for so long: two seconds after the change. */
const SLOW_MILLISECONDS = 1750;

type SlowNoticeProps = Readonly<{ isEmbed: boolean; words: string; act: string; onAct: () => void }>;

const SlowNotice = ({ isEmbed, words, act, onAct }: SlowNoticeProps): ReactElement => (
  <Notice
    voice="status"
    isEmbed={isEmbed}
    acts={
      <Button size="small" onClick={onAct}>
        {act}
      </Button>
    }
  >
    {words}
  </Notice>
);

/** Takes away what is said while an answer is awaited, and after that was stopped. */
let dismissWaiting = (): void => undefined;
let dismissStopped = (): void => undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Takes back a change whose answer is not awaited any more; Redo makes it again. @returns whether there was one */
const takeBack = (): boolean => {
  const { choices, answer, future } = useScenario.getState();
  if (answer === null || answer.choices === choices) return false;
  useScenario.setState({ choices: answer.choices, future: [...future, choices] });
  return true;
};

/** An embed whose first link is not opened stays an embed. */
const stayEmbed = (): void => {
  const { choices, answer } = useScenario.getState();
  if (choices.embed || !("embed" in document.documentElement.dataset)) return;
  const embedded = { ...choices, embed: true };
  useScenario.setState({ choices: embedded, answer: answer && { ...answer, choices: embedded } });
};

/** Waits no longer: what is shown stays, and the choices are those that it answers. @returns what was done, as a sentence */
const giveUp = (): string => {
  const isDrawn = document.documentElement.dataset["answer"] === undefined;
  stayEmbed();
  for (const end of pendingAnswers) end();
  if (takeBack()) return "Stopped: the last change is taken back.";
  return isDrawn
    ? "Stopped: this is the scenario before."
    : "Stopped: the link is not opened, and this is another scenario. Reload the page to open the link.";
};

const stop = (): void => {
  const words = giveUp();
  dismissStopped = showNotice((isEmbed) => (
    <SlowNotice isEmbed={isEmbed} words={words} act="Dismiss" onAct={() => dismissStopped()} />
  ));
};

const say = (): void => {
  dismissStopped();
  dismissWaiting = showNotice((isEmbed) => (
    <SlowNotice isEmbed={isEmbed} words="This scenario is large: its answer takes a while." act="Stop" onAct={stop} />
  ));
};

const follow = (): void => {
  clearTimeout(timer);
  dismissWaiting();
  if ("late" in document.documentElement.dataset) timer = setTimeout(say, SLOW_MILLISECONDS);
};

/** Says so where an answer takes longer than two seconds, with a button that keeps the one before it. */
export const watchSlowAnswers = (): void => {
  new MutationObserver(follow).observe(document.documentElement, { attributeFilter: ["data-late"] });
  // On a slow connection this script may come after the mark.
  follow();
};
