import Theme from "vitepress/theme-without-fonts";
import { LiveEmbed } from "./LiveEmbed.mjs";
import "./colours.css";
import "./pages.css";
import "./live-embed.css";

/** @type {import("vitepress").Theme} */
export default {
  extends: Theme,
  enhanceApp: ({ app }) => {
    app.component("LiveEmbed", LiveEmbed);
  },
};
