import { eventually, expect, test } from "./headroom.ts";

/** A dozen scenarios over families, methods, cards and ways of sharing. */
const LINKS = [
  "",
  "?v=1&model=qwen2.5-7b&gpu=h100-sxm&r=32",
  "?v=1&model=llama-3.1-70b&method=qlora&gpu=a100-80gb-sxm&gpus=8&shard=fsdp",
  "?v=1&model=gemma-2-9b&ckpt=0&gpu=rtx-3090",
  "?v=1&model=gpt-oss-20b&gpu=h200-sxm",
  "?v=1&model=qwen3-30b-a3b&method=full&weights=fp32&gpu=h100-sxm&gpus=8&ep=8",
  "?v=1&model=llama-3.2-1b&gpu=rtx-3060-12gb&optim=adamw_bnb_8bit&seq=8192",
  "?v=1&model=mistral-7b-v0.3&stack=unsloth&batch=4&loss=fused",
  "?v=1&model=custom&params=13B&targets=attention&dora=1",
  "?v=1&model=qwen2.5-7b&gpus=4&shard=zero3&offload=optimizer&gpu=l40s",
  "?v=1&model=phi-4&attn=eager&batch=2&seq=4096&accum=8",
  "?v=1&seq=4096&b=seq:8192;gpu:h100-sxm&c=method:qlora",
];

for (const link of LINKS)
  test(`figures of ${link === "" ? "the default scenario" : link}`, async ({ person }) => {
    await person.open(link);
    // The bars of the static page come alive, and the title follows, a moment after the answer.
    await eventually(
      () => person.tab.run(() => [driven.all('[role="toolbar"]').length, document.title] as const, null),
      ([bars, title]) => bars > 0 && (link === "" || title.endsWith("· Headroom")),
    );
    const figures = await person.tab.run(() => {
      const text = (selector: string): readonly string[] =>
        driven.all(selector).map(({ textContent }) => driven.oneLine(textContent));
      return {
        verdict: text("#verdict h1, #verdict p"),
        cards: text('[aria-label="Memory by method"] button'),
        bars: driven.all('[role="toolbar"]').map((bars) => bars.getAttribute("aria-label")),
        table: text("main table tr"),
        link: location.search,
        title: document.title,
      };
    }, null);
    expect(figures.verdict.join(" ")).toMatch(/GiB/);
    expect(figures.cards.length).toBeGreaterThan(1);
    expect(JSON.stringify(figures)).not.toMatch(/NaN|Infinity|undefined|\[object/);
    await person.same(figures);
  });
