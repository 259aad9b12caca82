import { serveFolder } from "../house/static-server.mjs";

/** What social networks and chat programs show beside a link. */
export const PREVIEW_SIZE = { width: 1200, height: 630 };

/** The picture is shown small: everything in it is drawn larger than on the page. */
const SCALE = 1.2;

/** Of the static page the name, what it asks, and the answer: scenario, verdict, cards (without their last lines) and bars. */
const STYLE = `
  #still, aside, header button, header nav, header div, #verdict p, button > [data-fit],
  main > :not(:has(#verdict)):not(#bars):not([aria-label="Memory by method"]), section[aria-busy] {
    display: none !important;
  }
  :root { overflow: hidden }
  #root :has(> main) { display: block !important }
  header { position: static !important; border: 0 !important; height: 48px !important; padding: 20px 36px 0 !important; gap: 0 !important }
  header::before { content: "· " attr(data-question); order: 1; margin-left: 8px; font-size: 17px }
  header::after { content: attr(data-scenario); order: 2; margin-left: auto; color: var(--ink-2); font-size: 17px }
  main { padding: 4px 36px 0 !important }
  button[aria-pressed] { min-height: 0 !important; grid-template-rows: auto !important; padding-bottom: 14px !important }
  main > :has(#verdict) { min-height: 0 !important; margin-bottom: 0 !important }
  [aria-label="Memory by method"] { margin-top: 14px !important }
  #bars { margin-top: 16px !important }
`;

/**
 * Makes of the built static page what preview.png shows. No script of the page runs: it is the same at each drawing, and stays as it is.
 *
 * @param {import("@playwright/test").Page} page with `PREVIEW_OPTIONS`
 * @param {string} url
 */
export const layPreview = async (page, url) => {
  await page.route("**/*.js", (route) => route.abort());
  await page.goto(url);
  await page.addStyleTag({ content: STYLE });
  await page.evaluate(() => {
    const { dataset } = document.querySelector("header") ?? document.body;
    dataset["question"] = document.title.split(": ")[1];
    dataset["scenario"] = document.querySelector("#verdict p")?.textContent ?? "";
  });
};

/** How a browser's page is opened for `layPreview`. */
export const PREVIEW_OPTIONS = {
  viewport: { width: PREVIEW_SIZE.width / SCALE, height: PREVIEW_SIZE.height / SCALE },
  deviceScaleFactor: SCALE,
  bypassCSP: true,
  colorScheme: /** @type {const} */ ("light"),
};

/**
 * The picture of the built page's own answer, as PNG.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {string} dist
 */
export const drawPreview = async (browser, dist) => {
  const { port, close } = await serveFolder({ folder: dist });
  const page = await browser.newPage(PREVIEW_OPTIONS);
  await layPreview(page, `http://localhost:${port}/`);
  const picture = await page.screenshot({ type: "png" });
  await page.close();
  await close();
  return picture;
};
