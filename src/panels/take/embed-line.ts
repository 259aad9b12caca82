import type { Choices } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/url.ts";

/** The two ways to put the calculator on a page: a frame, which works everywhere, or the element, which fits its own height. */
export const EMBED_KINDS = ["iframe", "element"] as const;
export type EmbedKind = (typeof EMBED_KINDS)[number];

/** How the embed is to look and what may be changed in it. */
export type EmbedLooks = Pick<Choices, "theme" | "only" | "lock">;

/** As high as the usual embed is on a page 640 px wide. */
const HEIGHT = 420;

const attribute = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** The link of the embed, from its `?` on: the scenario of these choices with these looks. */
export const embedLink = (choices: Choices, looks: EmbedLooks): string =>
  encodeLink({ ...choices, ...looks, hide: [], embed: true });

const element = (link: string, address: string): string => {
  const attributes = [...new URLSearchParams(link)]
    .filter(([key]) => key !== "v" && key !== "embed")
    .map(([key, text]) => ` ${key}="${attribute(text)}"`);
  return [
    `<script src="${attribute(new URL("embed.js", address).href)}" defer></script>`,
    `<headroom-calculator${attributes.join("")}></headroom-calculator>`,
  ].join("\n");
};

const iframe = (link: string, address: string): string =>
  [
    `<iframe src="${attribute(new URL(link, address).href)}"`,
    `title="GPU memory calculator" width="100%" height="${HEIGHT}" style="border: 0" loading="lazy" allow="clipboard-write"></iframe>`,
  ].join(" ");

/**
 * What a docs author pastes.
 *
 * @param address of the calculator's folder, ending in a slash
 */
export const embedLine = (kind: EmbedKind, link: string, address: string): string =>
  kind === "iframe" ? iframe(link, address) : element(link, address);
