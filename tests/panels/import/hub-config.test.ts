import { afterEach, describe, expect, it, vi } from "vitest";
import { fetchHubConfig } from "#panels/import/hub-config.ts";

const answering = (answer: () => Promise<Response>) => vi.spyOn(globalThis, "fetch").mockImplementation(answer);
const status = (code: number) => answering(() => Promise.resolve(new Response("{}", { status: code })));
const problemOf = async (id = "org/model"): Promise<string | undefined> => (await fetchHubConfig(id)).problem;

afterEach(() => vi.unstubAllGlobals());

describe("a config.json from Hugging Face", () => {
  it.each([
    "org/model",
    " org/model ",
    "https://huggingface.co/org/model",
    "https://huggingface.co/org/model/tree/main",
  ])("is asked for by %j, without cookies or referrer", async (typed) => {
    const asked = status(200);
    expect(await fetchHubConfig(typed)).toEqual({ text: "{}" });
    expect(asked).toHaveBeenCalledExactlyOnceWith(
      "https://huggingface.co/org/model/resolve/main/config.json",
      expect.objectContaining({ credentials: "omit", referrerPolicy: "no-referrer" }),
    );
  });

  it("is not asked for by what is no id", async () => {
    const asked = status(200);
    expect(await problemOf("my model?")).toBe(
      "“my model?” is not a Hugging Face id. It looks like organisation/model.",
    );
    expect(asked).not.toHaveBeenCalled();
  });

  it.each([401, 403])("that is gated (%d) says to paste the file", async (code) => {
    status(code);
    expect(await problemOf()).toBe(
      "org/model is gated or private, or does not exist: its config.json cannot be read without signing in. Paste the file instead.",
    );
  });

  it("that is not there (404) says so", async () => {
    status(404);
    expect(await problemOf()).toBe("There is no config.json in org/model on Hugging Face.");
  });

  it("that meets an error of the server names its number", async () => {
    status(503);
    expect(await problemOf()).toBe("Hugging Face answered with an error (503). Try again, or paste the file.");
  });

  it("that cannot be reached is told apart from being offline", async () => {
    answering(() => Promise.reject(new TypeError("Failed to fetch")));
    expect(await problemOf()).toBe("Hugging Face could not be reached. Check the connection, or paste the file.");
    vi.stubGlobal("navigator", { onLine: false });
    expect(await problemOf()).toBe("You are offline. Paste the file instead.");
  });

  it("that takes too long says so", async () => {
    answering(() => Promise.reject(new DOMException("signal timed out", "TimeoutError")));
    expect(await problemOf()).toBe("Hugging Face did not answer in time. Try again, or paste the file.");
  });

  it("that the page's own policy refuses says so", async () => {
    answering(() => {
      const refusal = Object.assign(new Event("securitypolicyviolation"), { blockedURI: "https://huggingface.co/org" });
      setTimeout(() => document.dispatchEvent(refusal));
      return Promise.reject(new TypeError("Failed to fetch"));
    });
    expect(await problemOf()).toBe("This page may not send requests to huggingface.co. Paste the file instead.");
  });
});
