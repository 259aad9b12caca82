const TAG = /<script type="module" crossorigin src="([^"]+)"><\/script>/;

/**
 * The page with its first script fetched, but not run: boot.js runs it, once the drawn answer is painted.
 *
 * @param {string} html as Vite leaves it
 * @returns {Readonly<{ html: string, entry: string }>} the page, and the address of the first script
 */
export const withoutEntry = (html) => {
  const [tag, entry] = TAG.exec(html) ?? [];
  if (tag === undefined || entry === undefined) throw new Error("index.html names no first script.");
  return {
    html: html.replace(tag, `<link rel="modulepreload" crossorigin fetchpriority="low" href="${entry}">`),
    entry,
  };
};
