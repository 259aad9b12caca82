import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../house/run-command.mjs";
import { anchorOf } from "../anchor.mjs";
import { INDEX, sidebarOf } from "../groups.mjs";
import { noticesOf } from "../notices.mjs";
import { addRules } from "../markdown-rules.mjs";
import { readPages } from "../pages.mjs";
import { baseOf, CACHE, OUT, STAGED } from "../places.mjs";

const base = baseOf(process.env["SITE_URL"]);
const pages = readPages(ROOT);
const sourceOf = new Map(pages.map(({ source, path }) => [path, source]));
/** @param {string} source */
const read = (source) => readFileSync(join(ROOT, source), "utf8");

/** @type {import("vitepress").UserConfig} */
export default {
  base,
  lang: "en",
  title: "Headroom",
  description:
    "How much GPU memory fine-tuning a language model takes: how to use the calculator, and how it computes.",
  srcDir: STAGED,
  // Files that are served as they are.
  srcExclude: ["public/**"],
  outDir: OUT,
  cacheDir: CACHE,
  head: [["link", { rel: "icon", href: `${base}calculator/icon.svg` }]],
  markdown: {
    // Words of code that can be read on our grounds, by WCAG's ratio.
    theme: { light: "github-light-high-contrast", dark: "github-dark" },
    anchor: { slugify: anchorOf },
    // Braces in our documents are braces, and colons colons.
    attrs: { disable: true },
    config: (md) => {
      md.disable("emoji", true);
      addRules(md, { sourceOf, base });
    },
  },
  themeConfig: {
    logo: { src: "/calculator/icon.svg", alt: "" },
    nav: [
      { text: "Methodology", link: "/methodology" },
      { text: "Accuracy", link: "/accuracy" },
      { text: "Links", link: "/links" },
      { text: "Calculator", link: "/calculator/", target: "_self", noIcon: true },
    ],
    sidebar: sidebarOf({ index: read(INDEX), sources: pages.map(({ source }) => source), read }),
    outline: { level: [2, 3] },
    search: { provider: "local" },
  },
  vite: { plugins: [noticesOf()], build: { chunkSizeWarningLimit: 4000 } },
};
