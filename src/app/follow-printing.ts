import { setPrinting } from "#panels/answer/use-printing.ts";

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
