import type { EngineService } from "./engine-service.ts";
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
  delete window.engineWorker;
  return engineWorker ?? new Worker(scriptAddress(new URL("./worker.ts", import.meta.url).href), { type: "module" });
};

/** The engine in a worker; in the page where no worker can be had. */
export const startService = (): EngineService =>
  workerService({ startWorker, inPage: async () => (await import("./serve-here.ts")).serve });
