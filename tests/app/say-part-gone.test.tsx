import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { showPartGoneNotice } from "#app/notices.tsx";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";

const ENTRY = "https://example.org/assets/index-aaaaaaaa.js";

/** jsdom shows no popover. */
const HIDDEN = { hidden: true } as const;

const boot = vi.fn<() => Promise<Response>>();
const hostHas = (entry: string): void => void boot.mockImplementation(async () => new Response(`"./assets/${entry}"`));

beforeEach(() => {
  boot.mockReset();
  vi.stubGlobal("fetch", boot);
  useScenario.setState(useScenario.getInitialState(), true);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  for (const button of screen.queryAllByRole("button", { name: "Dismiss", ...HIDDEN })) await userEvent.click(button);
});

const missed = (times: number): Promise<unknown> =>
  act(() => Promise.all(Array.from({ length: times }, () => showPartGoneNotice(ENTRY))));

test("parts of a version that was replaced are said once, with the way to the new one", async () => {
  hostHas("index-bbbbbbbb.js");
  await missed(14);
  expect(screen.getByRole("alert", HIDDEN)).toHaveTextContent(
    "A new version is here, and parts of this one are gone. Reload the page: your scenario is in the link.",
  );
  expect(screen.getByRole("button", { name: "Reload", ...HIDDEN })).toBeInTheDocument();
  expect(boot).toHaveBeenCalledOnce();
});

test("parts that are still of the host's version are put down to the connection; there is nothing to reload", async () => {
  hostHas("index-aaaaaaaa.js");
  await missed(1);
  expect(screen.getByRole("alert", HIDDEN)).toHaveTextContent(
    "A part of this page could not be loaded. Check the connection, and try again.",
  );
  expect(screen.queryByRole("button", { name: "Reload", ...HIDDEN })).not.toBeInTheDocument();
});

test("what is missed later is said again, in the place of what was said, and once dismissed, too", async () => {
  boot.mockRejectedValue(new TypeError("Failed to fetch"));
  await missed(1);
  hostHas("index-bbbbbbbb.js");
  await missed(1);
  expect(screen.getByRole("alert", HIDDEN)).toHaveTextContent("A new version is here");
  await userEvent.click(screen.getByRole("button", { name: "Dismiss", ...HIDDEN }));
  expect(screen.queryByRole("alert", HIDDEN)).not.toBeInTheDocument();
  await missed(1);
  expect(screen.getByRole("alert", HIDDEN)).toBeInTheDocument();
});

test("in an embed it stands above the rest, covers nothing, and speaks of no link", async () => {
  useScenario.setState({ choices: { ...DEFAULT_CHOICES, embed: true } });
  hostHas("index-bbbbbbbb.js");
  await missed(1);
  expect(screen.getByRole("alert", HIDDEN)).toHaveTextContent("Reload the page: what is chosen here stays.");
  expect(screen.getByRole("alert", HIDDEN)).not.toHaveAttribute("popover");
  expect(document.body.firstElementChild).toContainElement(screen.getByRole("alert", HIDDEN));
});
