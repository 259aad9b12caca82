import { beforeEach, expect, test, vi } from "vitest";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { reloadPage } from "#scenario/page/page-address.ts";
import { useScenario } from "#scenario/page/store.ts";

const placeAt = (search: string) => ({
  pathname: "/calculator/",
  search,
  hash: "#fits",
  reload: vi.fn<() => void>(),
  replace: vi.fn<(address: string | URL) => void>(),
});

beforeEach(() => useScenario.setState({ choices: { ...DEFAULT_CHOICES, r: 32 }, pinned: [] }));

test("a page whose address says all that it shows is loaded anew where it is", () => {
  const place = placeAt("?v=1&r=32");
  reloadPage(place);
  expect(place.reload).toHaveBeenCalledOnce();
  expect(place.replace).not.toHaveBeenCalled();
});

test("the bare address says the default scenario", () => {
  useScenario.setState({ choices: DEFAULT_CHOICES });
  const place = placeAt("");
  reloadPage(place);
  expect(place.reload).toHaveBeenCalledOnce();
});

test("a page whose address has not followed yet, or may not, is loaded at its link", () => {
  const place = placeAt("?v=1&r=16");
  reloadPage(place);
  expect(place.replace).toHaveBeenCalledExactlyOnceWith("/calculator/?v=1&r=32#fits");
  expect(place.reload).not.toHaveBeenCalled();
});
