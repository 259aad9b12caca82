import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactElement, useState } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test, vi } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import { type BarsSelection, MemoryBars, StaticBars } from "#charts/MemoryBars.tsx";
import { PlainBars } from "#charts/BarsPicture.tsx";
import { picture } from "./bar-builders.ts";

const opened = vi.fn();

const Drawing = (): ReactElement => {
  const [selected, setSelected] = useState<BarsSelection | null>(null);
  return (
    <MemoryBars
      data={picture()}
      width={1032}
      shapeId="wide"
      leastEndGib={0}
      selected={selected}
      onSelect={setSelected}
      onOpen={opened}
    />
  );
};

const faint = (container: HTMLElement): number => container.querySelectorAll("[class*=faint]").length;

describe("the memory bars on the page", () => {
  test("say in words what they show, bar by bar", () => {
    render(<Drawing />);
    expect(screen.getByRole("toolbar")).toHaveAccessibleName(/against RTX 4090, 24 GB with 23\.6 GiB/);
    const lora = screen.getByRole("group", { name: "lora: 26.8 GiB on the card, 3.3 GiB over" });
    expect(
      within(lora)
        .getAllByRole("button")
        .map((one) => one.getAttribute("aria-label")),
    ).toContain("Logits and loss, 7.8 GiB, 29\u00a0% of lora");
  });

  test("draw what may be seen of a bar as a line at its middle, with an end tick, and nothing for others", () => {
    const data = picture();
    const seen = {
      ...data,
      bars: data.bars.map((each) => ({ ...each, seenBytes: each.headroomBytes < 0 ? null : 20 * GIB })),
    };
    const markup = renderToStaticMarkup(<PlainBars data={seen} width={1032} shapeId="wide" label="Bars" />);
    const [path, ...others] = [...markup.matchAll(/<path class="[^"]*seen[^"]*"[^>]* d="([^"]+)"/g)].map(([, d]) => d);
    expect(others).toEqual([]);
    // The third bar: 32 + 2 × 70 to 38 below.
    expect(path).toMatch(/^M[\d.]+,191H([\d.]+)M\1,183v16$/);
  });

  test("are one stop of the Tab key, and arrow keys walk segments and methods", async () => {
    const user = userEvent.setup();
    render(<Drawing />);
    await user.tab();
    expect(document.activeElement).toHaveAccessibleName(/^Base weights, 15\.0 GiB, .* of full$/);
    await user.keyboard("{ArrowRight}");
    expect(document.activeElement).toHaveAccessibleName(/^Gradients, 15\.0 GiB/);
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(document.activeElement).toHaveAccessibleName(/^Gradients, 0\.2 GiB, .* of qlora$/);
    await user.tab();
    expect(document.body).toHaveFocus();
  });

  test("a segment with the focus shows bytes, share and formula; the same term stays strong in every bar, the others turn faint", async () => {
    const user = userEvent.setup();
    const { container } = render(<Drawing />);
    expect(faint(container)).toBe(0);
    await user.tab();
    expect(await screen.findByText("16,106,127,360 B", { exact: false })).toBeVisible();
    expect(screen.getByText("= 2 × 128,256 × 0.5")).toBeVisible();
    // 5 segments of full, 8 of LoRA and 8 of QLoRA are drawn; one of each is selected.
    expect(faint(container)).toBe(21 - 3);
    await user.keyboard("{Escape}");
    expect(faint(container)).toBe(0);
  });

  test("the pointer selects and lets go", async () => {
    const user = userEvent.setup();
    const { container } = render(<Drawing />);
    const logits = screen.getByRole("button", { name: /^Logits and loss.*of qlora$/ });
    await user.hover(logits);
    expect(faint(container)).toBeGreaterThan(0);
    await user.unhover(logits);
    expect(faint(container)).toBe(0);
  });

  test("Enter asks for the formula", async () => {
    const user = userEvent.setup();
    render(<Drawing />);
    await user.tab();
    await user.keyboard("{ArrowRight}{Enter}");
    expect(opened).toHaveBeenCalledExactlyOnceWith({ method: "full", term: "gradients" });
  });
});

describe("the static memory bars", () => {
  const markup = renderToStaticMarkup(<StaticBars data={picture()} isEmbed={false} />);

  test("need no style attribute, which the page's policy would refuse", () => {
    expect(markup).not.toMatch(/\sstyle=/);
  });

  test("are two pictures with words, one for each side of 720 px, at the heights of the measured ones", () => {
    render(<StaticBars data={picture()} isEmbed={false} />);
    const pictures = screen.getAllByRole("img");
    expect(pictures.map((one) => one.getAttribute("height"))).toEqual(["270", "304"]);
    for (const one of pictures) expect(one).toHaveAccessibleName(/qlora: 16\.9 GiB on the card/);
  });

  test("hold no number that is not one", () => {
    expect(markup).not.toMatch(/NaN|Infinity|undefined/);
  });
});
