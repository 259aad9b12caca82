import { chromium, firefox, webkit } from "@playwright/test";
import { BROWSER_FLAGS, findBrowser } from "../../../tools/house/browser.mjs";
import { findFirefox, findWebKit, type EngineName } from "../../../tools/house/engines.mjs";
import { startFirefox } from "./firefox.ts";
import { startPlaywright } from "./playwright-engine.ts";
import type { Engine } from "./tab.ts";
import { startWebKit } from "./webkit.ts";

const NO_TOUCH = { touch: "Playwright moves fingers in Chromium alone." };

/** Each engine by what drives it here: the system's own browser first, Playwright's build where there is none. */
const START: Readonly<Record<EngineName, () => Promise<Engine>>> = {
  chromium: async () => {
    const executablePath = await findBrowser();
    return startPlaywright(chromium, "Chromium", {
      args: BROWSER_FLAGS,
      ...(executablePath === null ? {} : { executablePath }),
    });
  },
  firefox: async () => {
    const path = findFirefox();
    return path === null ? startPlaywright(firefox, "Firefox", { lacks: NO_TOUCH }) : startFirefox(path);
  },
  webkit: async () => {
    const programs = findWebKit();
    return programs === null ? startPlaywright(webkit, "WebKit", { lacks: NO_TOUCH }) : startWebKit(programs);
  },
};

/** Starts an engine that `npm run browsers` has found or installed. */
export const startEngine = (name: EngineName): Promise<Engine> => START[name]();
