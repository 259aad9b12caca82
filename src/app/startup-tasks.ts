// Tasks after the first drawing: address, document title, printing, service worker, engine workers.

import { setPrinting } from "#ui/window.ts";
import { scriptAddress, startService } from "#service/start-service.ts";
import { type Answer, scenarioLine } from "#scenario/choices/answer.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { isSameChoice } from "#scenario/choices/settle.ts";
import { useScenario } from "#scenario/page/store.ts";
import { replaceEngine, startEngine } from "#scenario/page/engine.ts";
import { syncUrl } from "#scenario/page/page-address.ts";
import { pooledService, workersOf } from "#service/pool.ts";
import { paintBars, paintedTheme } from "./theme.ts";
import { watchSlowAnswers } from "./notices.tsx";

/** Nothing has changed on the page for so long: all that was fetched and asked is drawn. */
const QUIET_MILLISECONDS = 500;
const MOST_MILLISECONDS = 8000;

/** What shows that a panel waits for its code or for the engine. */
const WAITING = "main section > div:empty, main [aria-busy='true']";

const settled = (): Promise<void> =>
  new Promise((resolve) => {
    const end = performance.now() + MOST_MILLISECONDS;
    const changes = new MutationObserver(() => wait());
    const look = (): void => {
      if (document.querySelector(WAITING) !== null && performance.now() < end) return wait();
      changes.disconnect();
      resolve();
    };
    let timer = 0;
    const wait = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(look, QUIET_MILLISECONDS);
    };
    changes.observe(document.body, { subtree: true, childList: true, attributes: true });
    wait();
  });

/** A browser does not wait for what is fetched when it prints: its key is answered once every panel is there. */
const printWhole = async (event: KeyboardEvent): Promise<void> => {
  const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
  // On a Mac, Control and P is the line above.
  const isAsked = key === "p" && !shiftKey && !altKey && (metaKey || (ctrlKey && !navigator.userAgent.includes("Mac")));
  if (!isAsked) return;
  event.preventDefault();
  setPrinting("gathered");
  await settled();
  window.print();
};

/** Tells the page's parts when it is printed. */
export const followPrinting = (): void => {
  addEventListener("beforeprint", () => setPrinting("printed"));
  addEventListener("afterprint", () => setPrinting("screen"));
  addEventListener("keydown", (event) => void printWhole(event));
  // What shows the printed page on a screen says so by this alone.
  const print = matchMedia("print");
  print.addEventListener("change", () => setPrinting(print.matches ? "printed" : "screen"));
};

const register = (): void => {
  try {
    void navigator.serviceWorker.register(scriptAddress("./sw.js")).catch(() => undefined);
  } catch {
    // a sandboxed frame without storage has no service workers
  }
};

/**
 * Keeps the built page for use without a network, once all of it is loaded; does nothing in development and where frames may not (storage
 * blocked).
 */
const registerServiceWorker = (): void => {
  if (!import.meta.env.PROD) return;
  if (document.readyState === "complete") register();
  else addEventListener("load", register);
};

/** Tabs and histories need no title for each step of a slider. */
const QUIET_MS = 250;

/** "Llama 3.1 8B, all linear r = 16, batch 1 × 4,096, on RTX 4090 · Headroom": what a tab, a bookmark and a history entry are told apart by. */
const titleOf = (answer: Answer): string => {
  const line = scenarioLine(answer).replaceAll("\u00a0", " ");
  return `${line}, on ${answer.gpu.shortName} · Headroom`;
};

/**
 * Keeps the title of the document that of the scenario from now on. The scenario that a bare address means keeps the page's own title.
 *
 * @returns ends it
 */
const followWithTitle = (): (() => void) => {
  const own = document.title;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = (): void => {
    const { answer } = useScenario.getState();
    if (answer !== null) document.title = isSameChoice(answer.choices, DEFAULT_CHOICES) ? own : titleOf(answer);
  };
  const unsubscribe = useScenario.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(write, QUIET_MS);
  });
  write();
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
};

export { showPartGoneNotice as sayPartGone } from "./notices.tsx";

// From the first moment: the link that the page opens with may be the slow one.
watchSlowAnswers();

/** Keeps in step with the page, from when it is drawn: the address, the title, what is printed, the browser's bars, the workers for long work, and the copy for use without a network. */
export const afterStart = (link: string, isEmbed: boolean, isOpened: boolean): void => {
  syncUrl(link, isOpened);
  followWithTitle();
  followPrinting();
  // An embed has no bars of a browser around it, has one worker, and stores nothing where it is shown.
  if (isEmbed) return;
  replaceEngine(pooledService(startEngine(), startService, workersOf(navigator)));
  paintBars(paintedTheme());
  registerServiceWorker();
};
