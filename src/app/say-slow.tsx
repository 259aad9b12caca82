import type { ReactElement } from "react";
import { awaited } from "#scenario/page/awaited.ts";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import { Notice } from "./Notice.tsx";
import { showNotice } from "./show-notice.ts";

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
  for (const end of awaited) end();
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
export const watchSlow = (): void => {
  new MutationObserver(follow).observe(document.documentElement, { attributeFilter: ["data-late"] });
  // On a slow connection this script may come after the mark.
  follow();
};
