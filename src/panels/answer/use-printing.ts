import { useSyncExternalStore } from "react";

/** `gathered`: what is printed is being fetched, and the screen stays as it is. */
let stage: "screen" | "gathered" | "printed" = "screen";
const drawn = new Set<() => void>();

const set = (next: typeof stage): void => {
  stage = next;
  for (const draw of drawn) draw();
};

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
  set("gathered");
  await settled();
  window.print();
};

let listening: AbortController | null = null;

const listen = (): void => {
  listening = new AbortController();
  const { signal } = listening;
  addEventListener("beforeprint", () => set("printed"), { signal });
  addEventListener("afterprint", () => set("screen"), { signal });
  addEventListener("keydown", (event) => void printWhole(event), { signal });
  // What shows the printed page on a screen says so by this alone.
  const print = matchMedia("print");
  print.addEventListener("change", () => set(print.matches ? "printed" : "screen"), { signal });
};

const subscribe = (draw: () => void): (() => void) => {
  drawn.add(draw);
  if (listening === null) listen();
  return () => {
    drawn.delete(draw);
    if (drawn.size > 0) return;
    listening?.abort();
    listening = null;
  };
};

const never = (): boolean => false;

/** Whether the page is being printed: then what is folded is open. */
export const usePrinting = (): boolean => useSyncExternalStore(subscribe, () => stage === "printed", never);

/** Whether every panel is wanted, wherever the window stands: the page is being printed, or about to be. */
export const useWholePage = (): boolean => useSyncExternalStore(subscribe, () => stage !== "screen", never);
