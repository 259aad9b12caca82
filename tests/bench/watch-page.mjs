/**
 * @typedef {Readonly<{ text: string | null, at: number }>} Painted what the answer said in a frame (null: it was hidden), and when that was painted
 * @typedef {Readonly<{ from: number, to: number }>} Span between two frames
 * @typedef {Readonly<{ alive: readonly Span[], answers: readonly Painted[], paintedAt: number, loadedAt: number }>} Watched
 * Times are milliseconds after navigation; `paintedAt` that of the first contentful paint, 0 where there was none.
 */

/** The watcher's name in a trace: what it does there is not the page's. */
export const WATCHER = "bench-watcher.js";

/** Stands in a trace where the page's own clock says 0, plus the start that the mark carries. */
export const ZERO_MARK = "bench: watching";

/**
 * Installed in the page before its own scripts. It knows of the page only what everybody sees: the text of verdict and cards, and whether
 * React has taken a control over. So it says the same of every build, wherever that computes its answer.
 *
 * @param {string} mark
 */
const watch = (mark) => {
  performance.mark(mark);
  const LONGEST_WAIT = 20_000;
  /** After so long without one that came alive those that are left sleep until they are touched; to look on would be counted as the page's own work. */
  const ASLEEP_AFTER = 3000;
  /** @type {{ alive: Span[], answers: Painted[] }} */
  const watched = { alive: [], answers: [] };

  const answerText = () => {
    const parts = [...document.querySelectorAll("[aria-label='Verdict'] h1, [aria-label='Memory by method'] button")];
    const seen = parts.every((part) => part.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
    if (parts.length === 0 || !seen) return null;
    // What the answer is for; a wide page does not show it.
    const scenario = document.querySelector("[aria-label='Verdict'] > p");
    return [scenario, ...parts].map((part) => part?.textContent).join("\n");
  };
  /** The first task after a frame: what the frame drew is on its way to the screen. @param {(at: number) => void} then */
  const afterFrame = (then) => {
    const channel = new MessageChannel();
    channel.port1.addEventListener("message", () => then(performance.now()), { once: true });
    channel.port1.start();
    channel.port2.postMessage(null);
  };
  let asked = false;
  const lookInNextFrame = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      const text = answerText();
      if (text !== (watched.answers.at(-1)?.text ?? null)) afterFrame((at) => watched.answers.push({ text, at }));
    });
  };
  new MutationObserver(lookInNextFrame).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  });

  /** React's own key, the same on every control that it has taken over: to look for it by that name costs the page next to nothing. @type {string | undefined} */
  let key;
  /** @param {Element} control */
  const isStill = (control) => {
    key ??= Object.keys(control).find((each) => each.startsWith("__reactProps"));
    return control.isConnected && (key === undefined || !(key in control));
  };
  /** Looks frame by frame which controls of the static page have come alive or have been replaced, until none is left. @param {Element[]} still @param {number} from */
  const followAlive = (still, from) =>
    requestAnimationFrame(() => {
      const to = performance.now();
      const left = still.filter(isStill);
      if (left.length < still.length) watched.alive.push({ from, to });
      const until = Math.min(LONGEST_WAIT, (watched.alive.at(-1)?.to ?? LONGEST_WAIT) + ASLEEP_AFTER);
      if (left.length > 0 && to < until) followAlive(left, to);
    });
  addEventListener("DOMContentLoaded", () => {
    lookInNextFrame();
    followAlive([...document.querySelectorAll("#root :is(button, input, select, textarea)")], performance.now());
  });
  Object.assign(globalThis, { watched });
};

/** @param {import("@playwright/test").Page} page */
export const watchPage = (page) =>
  page.addInitScript({ content: `(${watch.toString()})(${JSON.stringify(ZERO_MARK)});\n//# sourceURL=${WATCHER}` });

/** @param {import("@playwright/test").Page} page @returns {Promise<Watched>} */
export const takeWatched = (page) =>
  page.evaluate(() => {
    const { watched } = /** @type {{ watched: { alive: Span[], answers: Painted[] } }} */ (
      /** @type {unknown} */ (globalThis)
    );
    const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    return {
      ...watched,
      paintedAt: paint?.startTime ?? 0,
      loadedAt: navigation?.loadEventEnd ?? Number.NaN,
    };
  });
