import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { Root } from "#app/Root.tsx";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { openLink } from "#scenario/page/open-link.ts";
import { useScenario } from "#scenario/page/store.ts";
import { UNKNOWN_NAMES } from "../unknown-names.ts";

const open = async (search: string): Promise<HTMLElement> => {
  await act(() => openLink(search));
  const { container } = render(<Root />);
  await screen.findByRole("region", { name: "Not known" });
  return container;
};

beforeEach(() => act(() => useScenario.setState(useScenario.getInitialState(), true)));

/** Figures of memory, and the word of a verdict; the card's own memory and rates of bytes are no answers. */
const FIGURE = /\bfits?\b|GiB needed|trainable,|GiB free|nvidia-smi/i;

describe("a page that was asked about a name nobody knows", () => {
  const named = UNKNOWN_NAMES.map((keys) => [keys.slice(0, 60), keys] as const);
  it.each(named)("%s: page and embed say so, without a figure", async (_, keys) => {
    for (const embed of ["", "&embed=1"]) {
      const container = await open(`?v=1&${keys}${embed}`);
      expect(container).toHaveTextContent("Not known");
      expect(screen.getByRole("main").textContent).not.toMatch(FIGURE);
      const sentences = (useScenario.getState().answer?.notKnown ?? []).map(({ sentence }) => sentence);
      // The panel's script comes after the page's.
      await waitFor(() => {
        for (const sentence of sentences) expect(container).toHaveTextContent(sentence.replaceAll(/\s+/g, " "));
      });
      act(() => document.body.replaceChildren());
    }
  });

  it("keeps the rest of the scenario, and a press on the nearest name estimates that", async () => {
    await open("?v=1&model=lama-3.1-8b&batch=4&method=qlora");
    const ways = screen.getByRole("list", { name: "Nearest to lama-3.1-8b" });
    await userEvent.click(within(ways).getByRole("button", { name: "Llama 3.1 8B" }));
    expect(encodeLink(useScenario.getState().choices)).toBe("?v=1&method=qlora&batch=4");
    await screen.findByRole("figure");
    expect(screen.queryByRole("region", { name: "Not known" })).toBeNull();
  });

  it("estimates an architecture that nobody knows as a Llama only on a press, which the link then says", async () => {
    await open("?v=1&model=custom&arch=foo.h4096.f11008.l32.a32.k32.d128.v32000.t0");
    await userEvent.click(screen.getByRole("button", { name: "Estimate as a Llama" }));
    const link = encodeLink(useScenario.getState().choices);
    expect(link).toMatch(/arch=llama\.h4096/);
    expect(decodeLink(link, FULL_CATALOG).issues).toEqual([]);
  });
});
