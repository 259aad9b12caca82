import { createServer } from "node:http";

const LINK = "?v=1&model=qwen2.5-7b&gpu=h100-sxm";

/** Whatever a page complains of while it is looked at. @param {import("@playwright/test").Page} page */
const listen = (page) => {
  /** @type {string[]} */
  const noise = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) noise.push(`console: ${message.text()}`);
  });
  page.on("pageerror", ({ message }) => noise.push(`exception: ${message}`));
  return noise;
};

/** The verdict of a page or a frame, once it is the link's. @param {import("@playwright/test").Page | import("@playwright/test").FrameLocator} page */
const answered = async (page) => {
  const card = page.locator('[aria-label="Memory by method"]:visible button').last();
  await page.locator("html:not([data-answer])").waitFor({ state: "attached" });
  await card.waitFor();
  return (await card.textContent()) ?? "";
};

/**
 * Opens a link of a hosted page, and again once its host is gone: what both say is the answer.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {string} url
 * @param {() => Promise<void>} leave
 */
export const openThenLeave = async (browser, url, leave) => {
  const page = await browser.newPage();
  const noise = listen(page);
  await page.goto(`${url}${LINK}`);
  const online = await answered(page);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const said = [...noise];
  await leave();
  await page.goto(`${url}${LINK}&r=16`);
  const offline = await answered(page);
  await page.close();
  return { online, offline, noise: said };
};

/**
 * The embed in a sandbox that allows scripts alone, on another site's page.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {string} url
 */
export const embedElsewhere = async (browser, url) => {
  const frame = `<!doctype html><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" width="640" height="480" src="${url}${LINK}&embed=1"></iframe>`;
  const server = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(frame));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const page = await browser.newPage();
  const noise = listen(page);
  await page.goto(`http://127.0.0.1:${port}/`);
  const online = await answered(page.frameLocator("iframe"));
  await page.close();
  server.closeAllConnections();
  server.close();
  return { online, noise };
};
