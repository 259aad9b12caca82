/**
 * Attaches to the dedicated workers of a page, those that are there and those that come.
 *
 * @param {import("@playwright/test").CDPSession} session of the page, for this alone
 * @returns {Promise<(method: string) => Promise<readonly any[]>>} asks each worker, and gives what each answered
 */
export const workerTargets = async (session) => {
  /** @type {Set<string>} */
  const workers = new Set();
  /** @type {Map<number, (result: unknown) => void>} */
  const waiting = new Map();
  session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    if (targetInfo.type === "worker") workers.add(sessionId);
  });
  session.on("Target.detachedFromTarget", ({ sessionId }) => workers.delete(sessionId));
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result, error } = JSON.parse(message);
    waiting.get(id)?.(result ?? Promise.reject(new Error(error?.message)));
    waiting.delete(id);
  });
  // Playwright has no session for a worker. Messages through the page's own need none.
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });

  let asked = 0;
  return (method) =>
    Promise.all(
      [...workers].map((sessionId) => {
        const id = ++asked;
        const answer = new Promise((resolve) => waiting.set(id, resolve));
        const sent = session.send("Target.sendMessageToTarget", {
          sessionId,
          message: JSON.stringify({ id, method }),
        });
        return sent.then(() => answer);
      }),
    );
};
