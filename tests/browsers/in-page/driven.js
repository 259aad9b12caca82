// In every page that the list drives, before the page's own scripts: finds what a hand reaches for, and keeps what was not quiet.
(function () {
  "use strict";
  /** @type {string[]} */
  const noise = [];

  for (const kind of /** @type {const} */ (["error", "warn"])) {
    const say = console[kind].bind(console);
    console[kind] = (...words) => {
      noise.push(`console ${kind}: ${words.map(String).join(" ")}`);
      say(...words);
    };
  }
  addEventListener("error", ({ message }) => noise.push(`exception: ${message}`));
  addEventListener("unhandledrejection", ({ reason }) => noise.push(`rejected: ${reason}`));
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
    noise.push(`policy: ${violatedDirective} refused ${blockedURI} ${sample}`);
  });

  /** @param {string | null | undefined} text */
  const oneLine = (text) => (text ?? "").replaceAll(/\s+/g, " ").trim();

  /**
   * What an element says in one line, drawings left out: how many labels an axis has is for the width of the engine's letters to say, and the same figures
   * stand beside it in words.
   *
   * @param {Element | null} element
   */
  const textOf = (element) => {
    const copy = document.createElement("div");
    if (element !== null) copy.append(element.cloneNode(true));
    for (const drawing of copy.querySelectorAll("svg")) drawing.remove();
    return oneLine(copy.textContent);
  };

  /** @param {Element} element */
  const nameOf = (element) => {
    const ids = element.getAttribute("aria-labelledby")?.split(/\s+/) ?? [];
    const labels = "labels" in element ? [...(/** @type {HTMLInputElement} */ (element).labels ?? [])] : [];
    const named = [...ids.map((id) => document.getElementById(id)), ...labels].map((label) => label?.textContent);
    return oneLine(element.getAttribute("aria-label") ?? (named.join(" ") || element.textContent));
  };

  /**
   * All that a selector names, in open shadow roots too.
   *
   * @param {string} selector @param {Document | ShadowRoot} [root]
   * @returns {Element[]}
   */
  const deep = (selector, root = document) => [
    ...root.querySelectorAll(selector),
    ...[...root.querySelectorAll("headroom-calculator")].flatMap(({ shadowRoot }) =>
      shadowRoot === null ? [] : deep(selector, shadowRoot),
    ),
  ];

  /**
   * What a selector names and a pattern matches by its name, as far as it is drawn.
   *
   * @param {string} selector @param {string} [name]
   */
  const all = (selector, name = "") => {
    const pattern = new RegExp(name);
    return deep(selector).filter(
      (element) => element.checkVisibility({ visibilityProperty: true }) && pattern.test(nameOf(element)),
    );
  };

  /** @param {string} selector @param {string} [name] */
  const find = (selector, name) => all(selector, name)[0] ?? null;

  /**
   * Where a hand reaches it, scrolled into sight; null while it is not there or something lies over it. A field that only its label shows is reached by that.
   *
   * @param {readonly [string, string?]} what
   */
  const place = ([selector, name]) => {
    const element = find(selector, name);
    if (element === null) return null;
    const labels = "labels" in element ? [...(/** @type {HTMLInputElement} */ (element).labels ?? [])] : [];
    const isSeen = element.getBoundingClientRect().width > 2 && getComputedStyle(element).opacity !== "0";
    const target = isSeen ? element : (labels[0] ?? element);
    const isIn = ({ top, bottom } = target.getBoundingClientRect()) => top >= 0 && bottom <= innerHeight;
    const isHit = () => {
      const { x, y, width, height } = target.getBoundingClientRect();
      const hit = document.elementFromPoint(x + width / 2, y + height / 2);
      return hit !== null && [target, element, ...labels].some((one) => one.contains(hit));
    };
    if (!isIn() || !isHit()) target.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const { x, y, width, height } = target.getBoundingClientRect();
    return isHit() ? { x, y, width, height } : null;
  };

  Object.assign(globalThis, { driven: { noise, textOf, nameOf, all, find, place, oneLine } });
})();
