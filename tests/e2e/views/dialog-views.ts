import { expect, type Page } from "@playwright/test";
import { listOf, openBox } from "../controls.ts";
import { axeAt } from "../looks/axe-look.ts";
import { LINES, ROWS } from "../looks/forced-colors.ts";
import type { View } from "../looks/look.ts";
import { tabStops, tabStopsOfHeader, tabStopsOfList } from "../looks/tab-stops.ts";
import { forFinger, forMouse } from "../looks/targets.ts";
import { inWidestFace } from "../looks/widest-face.ts";
import { LLAMA_FACTORY } from "../training-files.ts";
import { dialogWith, escape } from "./reach.ts";

/** A page over the page, with so many stops of Tab at least. */
const overPage = (
  name: string,
  { anchor, least, reach }: Readonly<{ anchor: string; least: number; reach: (page: Page) => Promise<void> }>,
): View => ({
  name,
  link: `?v=1${anchor}`,
  stages: [
    {
      name: anchor,
      reach,
      looks: [axeAt(1440), axeAt(390, "dialog"), forMouse("dialog"), tabStops(least), forFinger("dialog")],
    },
  ],
});

/** Reads what is in the box. */
const read = (page: Page): Promise<void> =>
  page.getByRole("dialog").getByRole("button", { name: "Read", exact: true }).click();

const fill = (page: Page, text: string): Promise<void> => page.getByRole("dialog").getByRole("textbox").fill(text);

const BOX: View = {
  name: "the box",
  link: "?v=1&model=llama-3.1-8b&gpu=rtx-4090&batch=2&seq=4096",
  stages: [
    {
      name: "empty",
      reach: openBox,
      looks: [axeAt(1440, "dialog"), forMouse("dialog"), inWidestFace(["dialog"]), tabStops(4), forFinger("dialog")],
    },
    {
      name: "with a text",
      reach: (page) => fill(page, LLAMA_FACTORY),
      looks: [forMouse("dialog"), forFinger("dialog")],
    },
    {
      name: "with what was read",
      reach: async (page) => {
        await read(page);
        await expect(page.getByRole("dialog").getByRole("button", { name: "Undo" })).toBeVisible();
      },
      looks: [
        axeAt(1440),
        axeAt(390, "dialog"),
        forMouse("dialog"),
        inWidestFace(["dialog"]),
        tabStops(6),
        forFinger("dialog"),
      ],
    },
    {
      name: "a config.json with an error",
      reach: async (page) => {
        // The text that was read is in its field again.
        await page.getByRole("dialog").getByRole("button", { name: "Undo" }).click();
        await expect(page.getByRole("dialog").getByRole("textbox")).toHaveValue(LLAMA_FACTORY);
        await fill(page, '{"hidden_size": "big"}');
        await read(page);
        await expect(page.getByRole("dialog").getByText("The scenario is what it was.")).toBeVisible();
      },
      looks: [axeAt(1440)],
    },
  ],
};

const LISTS: View = {
  name: "what opens over the page",
  link: "?v=1&batch=2&gpu=h100-sxm",
  stages: [
    { name: "with nothing open", looks: [LINES] },
    {
      name: "the list of GPUs",
      reach: async (page) => {
        await listOf(page, "GPU").click();
        await expect(page.getByRole("combobox", { name: "GPU" })).toBeFocused();
        await expect(page.getByRole("option").first()).toBeVisible();
        await page.keyboard.press("ArrowDown");
      },
      looks: [ROWS],
    },
    {
      name: "lists that a key opens",
      reach: async (page) => {
        await escape(page);
        await page.waitForLoadState("networkidle");
      },
      looks: [tabStopsOfList("Model"), tabStopsOfList("GPU")],
    },
    {
      name: "a list in which nothing is found",
      reach: async (page) => {
        await listOf(page, "Model").click();
        await page.getByRole("combobox", { name: "Search: Model" }).fill("xyzzy");
        await expect(page.getByText("No model here is called “xyzzy”.")).toBeVisible();
      },
      looks: [axeAt(1440)],
    },
    {
      name: "the embed's dialog",
      reach: async (page) => {
        await escape(page);
        await page.getByRole("button", { name: "Embed", exact: true }).click();
        await expect(page.getByRole("dialog").getByRole("textbox")).toBeVisible();
      },
      looks: [axeAt(1440), tabStops(4)],
    },
    { name: "the list of sections, by keys", width: 1024, reach: escape, looks: [tabStopsOfHeader("Sections", 8)] },
    {
      name: "the list of sections",
      width: 1024,
      reach: async (page) => {
        await page.getByRole("button", { name: "Sections" }).click();
        await expect(page.getByRole("navigation", { name: "Sections" })).toBeVisible();
      },
      looks: [axeAt(1024)],
    },
    { name: "a phone's menu, by keys", width: 390, reach: escape, looks: [tabStopsOfHeader("Menu", 12)] },
    {
      name: "a phone's menu",
      width: 390,
      reach: async (page) => {
        await page.getByRole("button", { name: "Menu" }).click();
        await expect(page.getByRole("button", { name: /^Theme/ })).toBeVisible();
      },
      looks: [axeAt(390)],
    },
  ],
};

export const DIALOG_VIEWS: readonly View[] = [
  BOX,
  LISTS,
  overPage("predicted against measured", {
    anchor: "#accuracy",
    least: 40,
    reach: dialogWith("Predicted against measured", (dialog) => dialog.getByRole("table").last()),
  }),
  overPage("the article’s figures", {
    anchor: "#article",
    least: 6,
    reach: dialogWith("The article’s figures", (dialog) =>
      dialog
        .getByRole("row", { name: /^70B QLoRA A6000/ })
        .filter({ hasText: "48 GB" })
        .last(),
    ),
  }),
  overPage("the page that chooses", {
    anchor: "#choose",
    least: 4,
    reach: dialogWith("Choose for me", (dialog) => dialog.getByRole("button", { name: /^Use this scenario/ }).last()),
  }),
  overPage("how many GPUs it takes", {
    anchor: "#minimum-gpus",
    least: 40,
    reach: async (page) => {
      const dialog = page.getByRole("dialog", { name: "How many GPUs it takes" });
      await expect(dialog.getByRole("table")).toHaveCount(4);
      await page.waitForLoadState("networkidle");
    },
  }),
];
