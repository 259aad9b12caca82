import { afterEach, expect, test, vi } from "vitest";
import { hasNewVersion } from "#app/notices.tsx";

const ENTRY = "https://example.org/headroom/assets/index-aaaaaaaa.js";

const hostGives = (body: string, status = 200): void => {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(body, { status })),
  );
};

afterEach(() => vi.unstubAllGlobals());

test("a host whose boot.js names another first script has another version", async () => {
  hostGives('const entry = "./assets/index-bbbbbbbb.js";');
  expect(await hasNewVersion(ENTRY)).toBe(true);
  // From the host, whatever the browser has kept; and what it has kept is replaced for the reload.
  expect(fetch).toHaveBeenCalledExactlyOnceWith(new URL("boot.js", document.baseURI), { cache: "no-cache" });
});

test("one whose boot.js names the script that runs here has not", async () => {
  hostGives('const entry = "./assets/index-aaaaaaaa.js";');
  expect(await hasNewVersion(ENTRY)).toBe(false);
});

test("what is no boot.js tells nothing: a page that says what is not found, or that asks for a sign-in", async () => {
  hostGives("<!doctype html><title>Sign in to this network</title>");
  expect(await hasNewVersion(ENTRY)).toBe(false);
  hostGives('const entry = "./assets/index-bbbbbbbb.js";', 404);
  expect(await hasNewVersion(ENTRY)).toBe(false);
});

test("nor does a host that cannot be reached", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  expect(await hasNewVersion(ENTRY)).toBe(false);
});
