// Hugging Face ids, and fetching a model's config.json with an error sentence for each failure.

/** `owner/name`, or the old models without an owner; letters, digits and `-_.` as the Hub allows. */
const ID = /^[\w.-]+(?:\/[\w.-]+)?$/;

/** The Hugging Face id in what was typed: an id, or a model page's address. */
export const hubIdIn = (typed: string): string | null => {
  const parts = typed
    .trim()
    .replace(/^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\//, "")
    .split("/")
    .filter((part) => part !== "");
  const id = parts.slice(0, 2).join("/");
  return ID.test(id) ? id : null;
};

/** The text of a config.json, or a sentence that says why there is none. */
type HubAnswer = Readonly<{ text: string; problem?: never } | { text: null; problem: string }>;

const HUB = "https://huggingface.co";
/** A config.json is a few kB; nobody waits longer for it. */
const PATIENCE_MILLISECONDS = 20_000;
const failed = (problem: string): HubAnswer => ({ text: null, problem });

/**
 * The Hub answers 401 for gated models, private ones and names that do not exist, to those who are not signed in, and 403 when access was
 * not granted.
 *
 * @see https://huggingface.co/docs/hub/models-gated
 */
const problemOf = (status: number, id: string): string => {
  switch (status) {
    case 401:
    case 403:
      return `${id} is gated or private, or does not exist: its config.json cannot be read without signing in. Paste the file instead.`;
    case 404:
      return `There is no config.json in ${id} on Hugging Face.`;
    case 429:
      return "Hugging Face asks to wait: too many requests. Try again in a minute.";
    default:
      return `Hugging Face answered with an error (${status}). Try again, or paste the file.`;
  }
};

/** Whether the page's own policy refused a request while `work` ran: the rejection of `fetch` does not say so, the event does. */
const watchingPolicy = async <Result>(
  work: () => Promise<Result>,
): Promise<readonly [result: Result, refused: boolean]> => {
  let refused = false;
  const note = (event: SecurityPolicyViolationEvent): void => {
    refused ||= event.blockedURI.startsWith(HUB);
  };
  document.addEventListener("securitypolicyviolation", note);
  try {
    const result = await work();
    // The event is a task of its own, after the rejection.
    await new Promise((done) => setTimeout(done));
    return [result, refused];
  } finally {
    document.removeEventListener("securitypolicyviolation", note);
  }
};

const request = async (url: string): Promise<Response | "timeout" | "unreachable"> => {
  try {
    return await fetch(url, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    });
  } catch (error) {
    return error instanceof DOMException && error.name === "TimeoutError" ? "timeout" : "unreachable";
  }
};

/** Fetches a model's config.json from Hugging Face; never throws, each way to fail has its sentence. */
export const fetchHubConfig = async (typed: string): Promise<HubAnswer> => {
  const id = hubIdIn(typed);
  if (id === null)
    return failed(`“${typed.trim().slice(0, 40)}” is not a Hugging Face id. It looks like organisation/model.`);
  const [answer, refused] = await watchingPolicy(() => request(`${HUB}/${id}/resolve/main/config.json`));
  if (refused) return failed("This page may not send requests to huggingface.co. Paste the file instead.");
  if (answer === "timeout") return failed("Hugging Face did not answer in time. Try again, or paste the file.");
  if (answer === "unreachable")
    return failed(
      navigator.onLine
        ? "Hugging Face could not be reached. Check the connection, or paste the file."
        : "You are offline. Paste the file instead.",
    );
  if (!answer.ok) return failed(problemOf(answer.status, id));
  return answer.text().then(
    (text) => ({ text }),
    () => failed("The answer of Hugging Face broke off. Try again, or paste the file."),
  );
};

const ADDRESS = /^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\//;

/** "owner/name", or the name alone of the oldest models. */
const MOST_PARTS = 2;

const LONGEST = 200;

/** Whether a text is one word that can be an id of Hugging Face, or the address of a model's page there. */
export const looksLikeId = (text: string): boolean => {
  const word = text.trim();
  if (word.length > LONGEST || /\s/.test(word) || hubIdIn(word) === null) return false;
  return ADDRESS.test(word) || word.split("/").length <= MOST_PARTS;
};
