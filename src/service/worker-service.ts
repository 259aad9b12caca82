import { asking } from "./asking.ts";
import type { EngineService } from "./engine-service.ts";
import { tellPartGone } from "./fetch-part.ts";
import type { FromEngine, ToEngine } from "./message.ts";

/** A worker, as far as it is needed here. */
export type EngineWorker = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror" | "onmessageerror">;

/** Where the engine can be had. */
export type Places = Readonly<{
  /** Starts a worker; throws, or its `onerror` is called, where none can be had: in a frame without an origin, under a policy that forbids it. */
  startWorker: () => EngineWorker;
  /** The same code in this thread. */
  inPage: () => Promise<(post: (message: FromEngine) => void) => (message: ToEngine) => void>;
}>;

/** How often a worker is started before the page computes itself. */
const MOST_STARTS = 2;

/** A worker that has said nothing for so long, with a question before it, does not answer: the longest question of all takes a tenth of it. */
const SILENCE_MILLISECONDS = 20_000;

/**
 * The engine in a worker. One that throws, says nothing or is gone is started once more, then the page computes itself; questions that wait are asked
 * again, so that nobody takes an old answer for a new one.
 */
export const workerService = ({ startWorker, inPage }: Places): EngineService => {
  let send: (message: ToEngine) => void = () => undefined;
  let starts = 0;
  let watch: ReturnType<typeof setTimeout> | undefined;

  const { service, answered, waiting } = asking((message) => {
    send(message);
    watchOver();
  });

  const heard = (message: FromEngine): void => {
    if ("partGone" in message) tellPartGone();
    else answered(message);
    watchOver(true);
  };

  /** Waits for a word while anybody waits for an answer; begins anew when one has come. */
  const watchOver = (hasSpoken = false): void => {
    if (hasSpoken || waiting().length === 0) clearTimeout(watch);
    else if (watch !== undefined) return;
    watch = waiting().length === 0 ? undefined : setTimeout(lose, SILENCE_MILLISECONDS);
  };

  let lose = (): void => undefined;

  const stayInPage = (): void => {
    lose = () => undefined;
    const held: ToEngine[] = [...waiting()];
    send = (message) => void held.push(message);
    void inPage().then(
      (serve) => {
        send = serve(heard);
        for (const message of held) send(message);
      },
      () => {
        // The next question tries once more: the connection may be back by then.
        send = (message) => {
          if (!("dropped" in message)) stayInPage();
        };
        for (const { number } of held) answered({ number, outcome: { failed: "The engine could not be loaded." } });
      },
    );
  };

  const start = (): void => {
    starts += 1;
    if (starts > MOST_STARTS) return stayInPage();
    try {
      const worker = startWorker();
      lose = () => {
        lose = () => undefined;
        worker.onmessage = worker.onerror = worker.onmessageerror = null;
        worker.terminate();
        start();
      };
      worker.onmessage = ({ data }: MessageEvent<FromEngine>) => heard(data);
      worker.onerror = worker.onmessageerror = () => lose();
      send = (message) => worker.postMessage(message);
      for (const message of waiting()) send(message);
      watchOver(true);
    } catch {
      stayInPage();
    }
  };

  start();
  return service;
};
