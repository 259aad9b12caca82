import { expect } from "@playwright/test";
import { axeAt } from "../looks/axe-look.ts";
import type { View } from "../looks/look.ts";
import { sideways } from "../looks/sideways.ts";
import { tabStops } from "../looks/tab-stops.ts";
import { inWidestFace } from "../looks/widest-face.ts";

/** The narrowest frame. */
const NARROW = 320;

const inNarrowFrame = (name: string, link: string): View => ({
  name: `the embed of ${name} in a frame of ${NARROW} px`,
  link: `?embed=1&${link}`,
  width: NARROW,
  stages: [{ name: "as it opens", looks: [sideways(NARROW), inWidestFace(["main"], { widths: [NARROW] })] }],
});

export const EMBED_VIEWS: readonly View[] = [
  {
    name: "the embed",
    link: "?v=1&embed=1",
    width: 640,
    stages: [
      { name: "as it opens", looks: [axeAt(640), sideways(NARROW)] },
      {
        name: "once its bars are alive",
        reach: async (page) => {
          await expect(page.getByRole("toolbar")).toBeVisible();
          await page.waitForLoadState("networkidle");
        },
        looks: [tabStops(9)],
      },
    ],
  },
  {
    name: "the embed with everything locked",
    link: "?v=1&embed=1&lock=model,gpu,batch,seq,method",
    width: 390,
    stages: [{ name: "as it opens", looks: [axeAt(390)] }],
  },
  inNarrowFrame(
    "a huge scenario with a bad link",
    "v=1&model=llama-3.1-405b&gpu=h100-sxm&seq=131072&batch=64&r=512&bogus=1&used=-1",
  ),
  inNarrowFrame("what does not fit", "v=1&model=llama-3.1-8b&gpu=rtx-4090&batch=4&seq=4096"),
  inNarrowFrame("scenarios side by side", "v=1&gpus=8&tp=2&sp=1&pp=2&accum=8&b=seq:8192&c=method:qlora;gpu:h100-sxm"),
];
