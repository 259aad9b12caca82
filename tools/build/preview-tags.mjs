import { PREVIEW_SIZE } from "./preview-picture.mjs";

/** Where the build will stand, for the addresses that must be whole: `SITE_URL=https://example.org/headroom/ npm run build`. */
const site = () => {
  const address = process.env["SITE_URL"] ?? "";
  if (address === "") return "./";
  if (!URL.canParse(address)) throw new Error(`SITE_URL is no address: ${address}`);
  return new URL("./", address.endsWith("/") ? address : `${address}/`).href;
};

/** @param {string} html @param {RegExp} pattern @returns {string} already fit for an attribute */
const textOf = (html, pattern) => pattern.exec(html)?.[1] ?? "";

/**
 * Puts in what networks and chat programs read of a page (https://ogp.me): they run no scripts, so that it is the same for every link. Without
 * `SITE_URL` the picture's address is relative, which some of them do not follow; they show the link without a picture.
 *
 * There is no `og:url`, and no canonical address: who shares a link would share that address in its place, without the scenario.
 *
 * @see https://developers.facebook.com/docs/sharing/webmasters/getting-started/versioned-link "If og:url isn't specified, then the URL of the page is assumed"
 * @param {string} html
 */
export const withPreview = (html) => {
  const title = textOf(html, /<title>([^<]*)<\/title>/);
  const description = textOf(html, /name="description"\s+content="([^"]*)"/);
  const tags = [
    ["property", "og:type", "website"],
    ["property", "og:site_name", "Headroom"],
    ["property", "og:title", title],
    ["property", "og:description", description],
    ["property", "og:image", `${site()}preview.png`],
    ["property", "og:image:width", String(PREVIEW_SIZE.width)],
    ["property", "og:image:height", String(PREVIEW_SIZE.height)],
    ["property", "og:image:alt", "Memory of full fine-tuning, LoRA and QLoRA"],
    ["name", "twitter:card", "summary_large_image"],
  ];
  const lines = tags.map(([kind, name, content]) => `    <meta ${kind}="${name}" content="${content}" />\n`);
  return html.replace("</title>\n", () => `</title>\n${lines.join("")}`);
};
