import { describe, expect, it } from "vitest";
import { embedLine, embedLink } from "#panels/take/EmbedDialog.tsx";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

const ADDRESS = "https://example.org/headroom/";
const link = embedLink(
  { ...DEFAULT_CHOICES, method: "qlora", targets: ["q_proj", "v_proj"], hide: ["bars"] },
  { theme: "dark", only: ["cards"], lock: ["model", "gpu"] },
);

describe("the line that a docs author pastes", () => {
  it("carries scenario and looks", () => {
    expect(link).toBe("?v=1&method=qlora&targets=q_proj,v_proj&embed=1&theme=dark&only=cards&lock=model,gpu");
  });

  it("as a frame has the whole address, its ampersands written as HTML wants them", () => {
    const html = embedLine("iframe", link, ADDRESS);
    document.body.innerHTML = html;
    const frame = document.querySelector("iframe");
    expect(frame?.getAttribute("src")).toBe(ADDRESS + link);
    expect(frame?.title).toBe("GPU memory calculator");
    expect(html).toContain("&amp;method=qlora");
    expect(html.split("\n")).toHaveLength(1);
  });

  it("as an element has the script of the same host, and a key an attribute", () => {
    document.body.innerHTML = embedLine("element", link, ADDRESS);
    expect(document.querySelector("script")?.getAttribute("src")).toBe("https://example.org/headroom/embed.js");
    const element = document.querySelector("headroom-calculator");
    expect(Object.fromEntries(Array.from(element?.attributes ?? [], ({ name, value }) => [name, value]))).toEqual({
      method: "qlora",
      targets: "q_proj,v_proj",
      theme: "dark",
      only: "cards",
      lock: "model,gpu",
    });
  });
});
