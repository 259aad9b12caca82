import { readFile } from "node:fs/promises";
import { test as base, expect } from "@playwright/test";
import type { EngineName } from "../../tools/house/engines.mjs";
import { heldStroke, keys, LETTING_GO, stroke, typing, type Place } from "./engines/actions.ts";
import { startEngine } from "./engines/start-engine.ts";
import type { Engine, Skill, Tab } from "./engines/tab.ts";
import { serveOtherSite, type OtherSite } from "../other-site.ts";
import { DRIVEN, servePage, type Served } from "./served.ts";

export { expect } from "@playwright/test";

/** What a hand reaches for: a selector, and a pattern of its name. */
export type What = readonly [selector: string, name?: string];

/** A person before one engine. */
export type Person = Readonly<{
  tab: Tab;
  /** Opens a link of the page, and waits for its answer. */
  open: (link?: string) => Promise<void>;
  /** Loads the page again as a person does. */
  reload: () => Promise<void>;
  /** Opens a page of somebody else's with this in its body. */
  visit: (body: string) => Promise<void>;
  press: (...names: readonly string[]) => Promise<void>;
  pressIn: (frame: string, ...names: readonly string[]) => Promise<void>;
  type: (text: string) => Promise<void>;
  click: (what: What, frame?: string) => Promise<void>;
  /** Goes from one place of a thing to others, which are shares of its width and height. */
  drag: (kind: "mouse" | "touch", what: What, ...shares: readonly Place[]) => Promise<void>;
  /** The same by mouse, which stays down at the last place until it is let go. */
  hold: (what: What, ...shares: readonly Place[]) => Promise<void>;
  letGo: () => Promise<void>;
  /** The text of what is named, in one line and without its drawings; "" where it is not there. */
  text: (selector: string, frame?: string) => Promise<string>;
  /** The link in the address bar. */
  link: () => Promise<string>;
  /** Everything that was not quiet so far. */
  noise: () => Promise<readonly string[]>;
  /** Holds what must be the same in every engine: the reporter compares it. */
  same: (what: unknown) => Promise<void>;
  /** Leaves a test that this engine cannot be made to do. */
  needs: (skill: Skill) => void;
}>;

/** How long the page may take to do something, on a busy machine. */
const PATIENCE_MS = 300_000;

/** Tries again what may not be there yet: a page on its way, a frame that loads. */
export const eventually = async <Value>(
  read: () => Promise<Value>,
  isDone: (value: Value) => boolean,
): Promise<Value> => {
  let found: Value | undefined;
  await expect(async () => {
    found = await read();
    if (!isDone(found)) throw new Error(`so far: ${JSON.stringify(found)}`);
  }).toPass({ timeout: PATIENCE_MS, intervals: [50, 100, 200] });
  return found as Value;
};

/** How often in a row a text must be read the same. */
const UNCHANGED = 10;

/** What is read once nothing of it comes any more. */
export const settled = async <Value>(read: () => Promise<Value>): Promise<Value> => {
  let before = "";
  let times = 0;
  return eventually(
    async () => {
      const found = await read();
      const text = JSON.stringify(found);
      times = text === before ? times + 1 : 0;
      before = text;
      return found;
    },
    () => times >= UNCHANGED,
  );
};

const answered = (tab: Tab): Promise<boolean> =>
  tab.run(
    () =>
      document.readyState === "complete" &&
      document.querySelector("main") !== null &&
      document.querySelector("html[data-answer]") === null,
    null,
  );

const personAt = (tab: Tab, site: Served, host: OtherSite): Person => {
  const heard: string[] = [];
  const listen = async (): Promise<void> => {
    heard.push(...(await tab.run(() => (typeof driven === "undefined" ? [] : driven.noise.splice(0)), null)));
  };
  const reach = (what: What, frame?: string): Promise<Box> =>
    eventually(
      () => tab.run((wanted) => driven.place(wanted), what, frame),
      (place) => place !== null,
    ) as Promise<Box>;
  const placesOf = async (what: What, shares: readonly Place[]): Promise<readonly Place[]> => {
    const { x, y, width, height } = await reach(what);
    return shares.map((share) => ({ x: x + share.x * width, y: y + share.y * height }));
  };
  return {
    tab,
    open: async (link = "") => {
      await listen();
      await tab.go(`${site.url}${link}`);
      await eventually(() => answered(tab), Boolean);
    },
    reload: async () => {
      await listen();
      await tab.reload();
      await eventually(() => answered(tab), Boolean);
    },
    visit: async (body) => {
      await listen();
      host.show(body);
      await tab.go(host.url);
    },
    press: (...names) => tab.act(keys(...names)),
    pressIn: (frame, ...names) => tab.act(keys(...names), frame),
    type: (text) => tab.act(typing(text)),
    click: async (what, frame) => {
      const { x, y, width, height } = await reach(what, frame);
      await tab.act(stroke("mouse", { x: x + width / 2, y: y + height / 2 }), frame);
    },
    drag: async (kind, what, ...shares) => tab.act(stroke(kind, ...(await placesOf(what, shares)))),
    hold: async (what, ...shares) => tab.act(heldStroke(...(await placesOf(what, shares)))),
    letGo: () => tab.act(LETTING_GO),
    text: (selector, frame) => tab.run((wanted) => driven.textOf(driven.find(wanted)), selector, frame),
    link: () => tab.run(() => location.search, null),
    noise: async () => {
      await listen();
      return heard;
    },
    same: (what) => base.info().attach("same", { body: JSON.stringify(what), contentType: "application/json" }),
    needs: (skill) => {
      const reason = tab.lacks[skill];
      base.skip(reason !== undefined, reason);
    },
  };
};

/** Every test has a tab with storage of its own, in the engine of its project, and fails on any noise of the page. */
export const test = base.extend<{ person: Person }, { engine: Engine; site: Served; host: OtherSite }>({
  engine: [
    async ({}, provide, { project }) => {
      const engine = await startEngine(project.name as EngineName);
      await provide(engine);
      await engine.close();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  site: [
    async ({}, provide) => {
      const site = await servePage();
      await provide(site);
      await site.close();
    },
    { scope: "worker" },
  ],
  host: [
    async ({}, provide) => {
      const host = await serveOtherSite(await readFile(DRIVEN, "utf8"));
      await provide(host);
      host.close();
    },
    { scope: "worker" },
  ],
  person: async ({ engine, site, host }, provide) => {
    const tab = await engine.tab();
    const person = personAt(tab, site, host);
    await provide(person);
    const noise = await person.noise().finally(tab.close);
    expect(noise).toEqual([]);
  },
});
