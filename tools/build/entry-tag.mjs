const TAG = /<script type="module" crossorigin src="([^"]+)"><\/script>/;

const PRELOAD = '<link rel="modulepreload" crossorigin ';

/**
 * The page with its first script and what that imports fetched, but not run: boot.js runs it, once the drawn answer is painted. Nothing that the paint waits
 * for comes after them.
 *
 * @param {string} html as Vite leaves it
 * @returns {Readonly<{ html: string, entry: string }>} the page, and the address of the first script
 */
export const withoutEntry = (html) => {
  const [tag, entry] = TAG.exec(html) ?? [];
  if (tag === undefined || entry === undefined) throw new Error("index.html names no first script.");
  const preloaded = html.replace(tag, `${PRELOAD}href="${entry}">`);
  return { html: preloaded.replaceAll(PRELOAD, `${PRELOAD}fetchpriority="low" `), entry };
};
