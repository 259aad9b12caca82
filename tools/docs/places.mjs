import { join } from "node:path";
import { ROOT } from "../house/run-command.mjs";

/** Where Markdown and files are put as they stand on the site, before VitePress makes pages of them. */
export const STAGED = join(ROOT, ".built", "docs", "pages");

export const CACHE = join(ROOT, ".built", "docs", "cache");

/** The built site. */
export const OUT = join(ROOT, "dist-docs");

/** The folder of VitePress and its theme. */
export const HERE = join(ROOT, "tools", "docs");

/**
 * The path that the site will stand under.
 *
 * @param {string | undefined} address where it will stand, as `SITE_URL` says
 */
export const baseOf = (address = "") => {
  if (address === "") return "/";
  if (!URL.canParse(address)) throw new Error(`SITE_URL is no address: ${address}`);
  return new URL(address).pathname.replace(/\/?$/, "/");
};
