import { openLive } from "./open-live.mjs";

/** @typedef {import("@playwright/test").Page} Tab @typedef {import("@playwright/test").Locator} Locator */
/** @typedef {Readonly<{ check: string, wrong: readonly string[] }>} Check */

/** How long an embed may take on a busy machine. */
const PATIENCE_MS = 30_000;

/**
 * Waits until an embed says that it shows these keys. It throws where it does not come to it.
 *
 * @param {Locator} embed its element
 * @param {Readonly<Record<string, string>>} keys
 */
const waitForKeys = (embed, keys) =>
  embed.evaluate(
    async (element, { wanted, patience }) => {
      const end = Date.now() + patience;
      /** @returns {Readonly<Record<string, string>>} */
      const state = () => ("state" in element ? /** @type {any} */ (element.state) : undefined) ?? {};
      const missing = () => Object.entries(wanted).filter(([key, value]) => state()[key] !== value);
      while (missing().length > 0) {
        if (Date.now() > end)
          throw new Error(
            `does not show ${missing()
              .map((pair) => pair.join("="))
              .join(", ")}`,
          );
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    { wanted: keys, patience: PATIENCE_MS },
  );

/** How an embed looks, which it is not asked to say. */
const LOOKS = ["theme", "only", "show"];

/** The keys of a scenario that an element was given. @param {Locator} embed @returns {Promise<Readonly<Record<string, string>>>} */
const keysOf = (embed) =>
  embed.evaluate((element, looks) => {
    const { observedAttributes: keys } = /** @type {{ observedAttributes: readonly string[] }} */ (
      /** @type {unknown} */ (element.constructor)
    );
    const given = keys.filter((key) => element.hasAttribute(key) && !looks.includes(key));
    return Object.fromEntries(given.map((key) => [key, element.getAttribute(key) ?? ""]));
  }, LOOKS);

/** Presses every button over an embed, and waits until the embed has followed. @param {Locator} figure @param {Locator} embed */
const pressAll = async (figure, embed) => {
  for (const choice of await figure.locator("fieldset").all()) {
    const key = (await choice.locator("legend").textContent()) ?? "";
    for (const button of await choice.getByRole("radio").all()) {
      await button.check();
      await waitForKeys(embed, { [key]: await button.inputValue() });
    }
  }
};

/** The theme that an embed is painted in. @param {Locator} figure */
const coloursOf = (figure) =>
  figure
    .locator("headroom-calculator iframe")
    .contentFrame()
    .locator("html")
    .evaluate((html) => getComputedStyle(html).colorScheme);

/** What is wrong with one live embed. @param {Locator} figure @returns {Promise<readonly string[]>} */
const wrongWith = async (figure) => {
  const embed = figure.locator("headroom-calculator");
  await embed.scrollIntoViewIfNeeded();
  const main = embed.locator("iframe").contentFrame().locator("main");
  await waitForKeys(embed, await keysOf(embed));
  const verdict = main.getByText(/\d\s?GiB|\bfits?\b/i).first();
  await verdict.waitFor({ timeout: PATIENCE_MS });
  await pressAll(figure, embed);
  const colours = await coloursOf(figure);
  return colours === "dark" ? [] : [`its colours are ${colours} on a dark page`];
};

/** Presses the site's switch of its theme: a frame that is there follows. @param {Tab} tab @param {Locator} figure */
const wrongAfterSwitch = async (tab, figure) => {
  await tab.locator(".VPNavBarAppearance .VPSwitchAppearance").click();
  const end = Date.now() + PATIENCE_MS;
  while ((await coloursOf(figure)) !== "light" && Date.now() < end) await tab.waitForTimeout(50);
  return (await coloursOf(figure)) === "light" ? [] : ["it stays dark on a page that has become light"];
};

/**
 * Each live embed of a page answers: it shows the scenario that it was given, with a figure in GiB or a verdict, and follows each button over it. It wears
 * the site's theme.
 *
 * @param {Tab} tab @param {string} url @param {string} page
 * @returns {Promise<readonly Check[]>}
 */
export const askEmbeds = async (tab, url, page) => {
  await tab.emulateMedia({ colorScheme: "dark" });
  await tab.setViewportSize({ width: 1440, height: 900 });
  await openLive(tab, `${url}${page}`);
  /** @type {Check[]} */
  const checks = [];
  for (const [at, figure] of (await tab.locator(".live-embed").all()).entries()) {
    const wrong = await wrongWith(figure).catch((error) => [String(error)]);
    checks.push({ check: `embed ${at + 1} of ${page} answers`, wrong });
  }
  if (checks.length === 0) return [{ check: `embeds of ${page}`, wrong: ["there is none"] }];
  const wrong = await wrongAfterSwitch(tab, tab.locator(".live-embed").first());
  return [...checks, { check: `embed 1 of ${page} follows the switch of the theme`, wrong }];
};
