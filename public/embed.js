// <headroom-calculator model="llama-3.1-8b" method="qlora">: the calculator as an element of any page. Attributes are the keys of a link. Beside them: `src`
// (the calculator's address, when it is not the folder that this script came from), `sandbox` (handed to the frame) and `label` (the frame's title).
// The messages are those of docs/embedding.md; types are in embed.d.ts.
(function () {
  "use strict";
  var VERSION = "0.0.0"; // the build puts the release here
  var NAME = "headroom-calculator";
  var HOME = new URL(
    "./",
    (document.currentScript || document.querySelector("script[src*='embed.js']") || location).src || location.href,
  );
  var LOOKS = ["theme", "only", "hide", "lock"];
  var KEYS = (
    "model params arch method show stack weights grads states adapters autocast quant dq kbit experts expertread compute alloc liger lorakernels reentrant ep tuner lengths eval evalseq evalkeep evalbatches evalmove evallist evalgen saving merge resume loading objective ref prompt completion fill beta kl engine gensteps generations vllm sleep teacher teacherdtype r alpha dropout targets dora save batch seq accum " +
    "packing ckpt selective actoffload attn loss optim gpu vram used gpus shard offload tp sp cp pp ulysses"
  )
    .split(" ")
    .concat(LOOKS);

  class HeadroomCalculator extends HTMLElement {
    static version = VERSION;
    static observedAttributes = KEYS;

    /** The link of what the calculator shows; before it has answered, of what the attributes ask for. */
    link = "";

    hear = (event) => {
      var said = event.data;
      if (event.source !== this.frame.contentWindow || !said) return;
      if (said.type === "headroom:height" && said.height > 0) this.frame.style.height = said.height + "px";
      if (said.type !== "headroom:state") return;
      // What was said before the last change was heard is older than what is known here.
      if (!this.sent || said.answers === this.sent) this.link = said.link;
      this.state = said.state;
      if (this.changed) return this.send();
      this.dispatchEvent(
        new CustomEvent("change", {
          bubbles: true,
          detail: { link: said.link, state: said.state, issues: said.issues },
        }),
      );
    };

    connectedCallback() {
      if (this.frame) return;
      var frame = (this.frame = document.createElement("iframe"));
      this.link = this.wanted();
      frame.title = this.getAttribute("label") || "GPU memory calculator";
      frame.allow = "clipboard-write";
      frame.loading = "lazy";
      frame.style.cssText = "display:block;width:100%;height:420px;border:0";
      if (this.hasAttribute("sandbox")) frame.setAttribute("sandbox", this.getAttribute("sandbox"));
      frame.src = new URL(this.link, new URL(this.getAttribute("src") || "", HOME)).href;
      (this.shadowRoot || this.attachShadow({ mode: "open" })).replaceChildren(frame);
      if (!this.style.display) this.style.display = "block";
      addEventListener("message", this.hear);
    }

    disconnectedCallback() {
      removeEventListener("message", this.hear);
      this.frame = this.state = this.sent = undefined;
    }

    attributeChangedCallback(key, before, after) {
      if (!this.frame || before === after) return;
      this.changed = (this.changed || []).concat(key);
      if (this.state) this.send();
    }

    /** What was chosen in the frame stays; what an attribute has changed since goes over it. */
    send() {
      var keys = new URLSearchParams(this.link);
      this.changed.forEach((key) => {
        if (this.hasAttribute(key)) keys.set(key, this.getAttribute(key));
        else if (LOOKS.includes(key)) keys.set(key, key === "theme" ? "auto" : "none");
        else keys.delete(key);
      });
      this.changed = undefined;
      this.link = "?" + keys;
      this.sent = (this.sent || 0) + 1;
      this.frame.contentWindow.postMessage({ type: "headroom:set", link: this.link, id: this.sent }, "*");
    }

    wanted() {
      var keys = new URLSearchParams({ v: "1", embed: "1" });
      KEYS.forEach((key) => {
        if (this.hasAttribute(key)) keys.set(key, this.getAttribute(key));
      });
      return "?" + keys;
    }
  }

  if (!customElements.get(NAME)) customElements.define(NAME, HeadroomCalculator);
})();
