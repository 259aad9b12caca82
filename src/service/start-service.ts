import type { EngineService } from "./engine-service.ts";
import { laneOf, workersOf } from "./lanes.ts";
import { scriptAddress } from "./script-address.ts";
import { type EngineWorker, workerService } from "./worker-service.ts";

declare global {
  interface Window {
    /** A worker that `public/boot.js` has started, for a link: its engine is loaded beside the first script. */
    engineWorker?: Worker;
  }
}

/** Takes over the worker that is there, if one is. */
const startWorker = (): EngineWorker => {
  const { engineWorker } = window;
  if (engineWorker !== undefined) {
    delete window.engineWorker;
    return engineWorker;
  }
  return new Worker(scriptAddress(new URL("./worker.ts", import.meta.url).href), { type: "module" });
};

const inWorker = (): EngineService =>
  workerService({ startWorker, inPage: async () => (await import("./serve-here.ts")).serve });

/** An embed is one of several on a page: it has one worker. */
const workers = (): number =>
  "embed" in document.documentElement.dataset ? 1 : workersOf(navigator, matchMedia("(pointer: coarse)").matches);

/** The engine in workers, each started with the first question for it; in the page where none can be had. */
export const startService = (): EngineService => {
  const count = workers();
  const services = [inWorker()];
  return {
    ask: (question, take) => {
      const lane = laneOf(question.id, count);
      return (services[lane] ??= inWorker()).ask(question, take);
    },
  };
};
