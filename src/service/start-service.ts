// Start of the engine: in a worker, replaced if it fails, or in the page itself.

import { tellPartGone } from "./fetch-part.ts";
import {
  type Answered,
  type ToEngine,
  type FromEngine,
  LONGEST_MILLISECONDS,
  TOO_LONG,
  type Outcome,
} from "./messages.ts";
import type { QuestionId, QuestionInput, QuestionResult } from "./questions.ts";

type TrustedTypePolicies = Readonly<{
  createPolicy: (
    name: string,
    rules: { createScriptURL: (address: string) => string },
  ) => { createScriptURL: (address: string) => unknown };
}>;

let policy: ReturnType<TrustedTypePolicies["createPolicy"]> | undefined;

/**
 * The address of a script of our own that `require-trusted-types-for 'script'` lets through; the plain one where the browser knows no trusted types. One
 * policy for all: a page may forbid two of a name.
 */
export const scriptAddress = (address: string): string => {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypePolicies };
  if (trustedTypes === undefined) return address;
  policy ??= trustedTypes.createPolicy("headroom", { createScriptURL: (own) => own });
  return policy.createScriptURL(address) as string;
};

/** A question that waits for its answer. */
type Waiting = Readonly<{ message: ToEngine; take: TakeOutcome<QuestionId> }>;

/** Questions by their numbers, and who waits for each. */
type PendingQuestions = Readonly<{
  service: EngineService;
  /** Hands an outcome to who waits for it; one that nobody waits for is dropped. */
  answered: (message: Answered) => void;
  /** Every question that waits, oldest first. */
  waiting: () => readonly ToEngine[];
}>;

/** Keeps who waits for what. @param post hands a question over to the engine, wherever it is */
const asking = (post: (message: ToEngine) => void): PendingQuestions => {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const ask = <Id extends QuestionId>({ id, asked, complete }: Question<Id>, take: TakeOutcome<Id>): (() => void) => {
    last += 1;
    const number = last;
    const message: ToEngine = { number, id, asked, complete };
    waiting.set(number, { message, take: take as TakeOutcome<QuestionId> });
    post(message);
    return () => {
      if (waiting.delete(number)) post({ number, dropped: true });
    };
  };
  return {
    service: { ask },
    answered: ({ number, outcome }) => {
      const found = waiting.get(number);
      waiting.delete(number);
      found?.take(outcome as Parameters<TakeOutcome<QuestionId>>[0]);
    },
    waiting: () => [...waiting.values()].map(({ message }) => message),
  };
};

/** A worker, as far as it is needed here. */
export type EngineWorker = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror" | "onmessageerror">;

/** Where the engine can be had. */
export type Places = Readonly<{
  /** Starts a worker; throws, or its `onerror` is called, where none can be had: in a frame without an origin, under a policy that forbids it. */
  startWorker: () => EngineWorker;
  /** The same code in this thread. */
  inPage: () => Promise<(post: (message: FromEngine) => void) => (message: ToEngine) => void>;
}>;

/** How often a worker is started that breaks down or never says a word, before the page computes itself. */
const MOST_STARTS = 2;

/** A worker that has not even said what it works on for so long, with a question before it, is not there. */
const SILENCE_MILLISECONDS = 20_000;

/** So long nobody waits behind what nobody waits for any more. */
const OBSOLETE_MILLISECONDS = 2000;

/**
 * The engine in a worker. One that throws, never says a word or is gone is started once more, then the page computes itself; one that works on a single
 * question for too long is replaced, and that question fails. Questions that wait are asked again, so that nobody takes an old answer for a new one.
 * @internal
 */
export const workerService = ({ startWorker, inPage }: Places): EngineService => {
  let send: (message: ToEngine) => void = () => undefined;
  let starts = 0;
  let watch: ReturnType<typeof setTimeout> | undefined;
  /** The question that the worker works on, and when it last said a word, or was asked at rest. */
  let working: number | null = null;
  let heardAt = 0;

  const { service, answered, waiting } = asking((message) => {
    if (working === null) heardAt = performance.now();
    send(message);
    watchOver();
  });

  const heard = (message: FromEngine): void => {
    heardAt = performance.now();
    if ("partGone" in message) tellPartGone();
    else if ("works" in message) working = message.works;
    else {
      if (message.number === working) working = null;
      answered(message);
    }
    watchOver();
  };

  let lose = (): void => undefined;

  /** Replaces a worker that works on one question for too long: that question fails. One that works on none has never been there. */
  const replace = (): void => {
    if (working !== null) {
      starts -= 1;
      answered({ number: working, outcome: { failed: TOO_LONG } });
    }
    lose();
  };

  /** The longest that the worker may say nothing; null while it has nothing to do. */
  const patience = (): number | null => {
    const numbers = waiting().map(({ number }) => number);
    if (working === null) return numbers.length === 0 ? null : SILENCE_MILLISECONDS;
    return numbers.includes(working) ? LONGEST_MILLISECONDS : OBSOLETE_MILLISECONDS;
  };

  const watchOver = (): void => {
    clearTimeout(watch);
    const longest = patience();
    if (longest !== null) watch = setTimeout(replace, heardAt + longest - performance.now());
  };

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
      working = null;
      heardAt = performance.now();
      worker.onmessage = ({ data }: MessageEvent<FromEngine>) => heard(data);
      worker.onerror = worker.onmessageerror = () => lose();
      send = (message) => worker.postMessage(message);
      for (const message of waiting()) send(message);
      watchOver();
    } catch {
      stayInPage();
    }
  };

  start();
  return service;
};

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

/** One question, and from which page: one with the rows of the whole catalog or not. */
export type Question<Id extends QuestionId> = Readonly<{ id: Id; asked: QuestionInput<Id>; complete: boolean }>;

/** Takes what comes of a question. */
export type TakeOutcome<Id extends QuestionId> = (outcome: Outcome<QuestionResult<Id>>) => void;

/**
 * The engine as the page knows it, wherever it runs. `ask` gives back what ends the waiting: after that nothing is taken any more. An answer may be
 * there before `ask` returns, where the engine is in the page.
 */
export type EngineService = Readonly<{
  ask: <Id extends QuestionId>(question: Question<Id>, take: TakeOutcome<Id>) => () => void;
}>;
