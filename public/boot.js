// Runs before the first paint, as a classic script: sets the theme, and says whether the answer drawn in the page is the one that
// the link asks for. When it is not, the page stays blank until the real one is drawn, instead of showing another scenario's figures;
// where the scripts cannot be loaded (a sandboxed frame, from a host that lets nobody else load them), it is shown after all, and says so.
(function () {
  var root = document.documentElement;
  var link = new URLSearchParams(location.search);
  var embed = link.get("embed") === "1";
  var theme = (link.get("theme") || "").toLowerCase();
  if (theme !== "light" && theme !== "dark" && !embed) {
    try {
      theme = localStorage.getItem("headroom-theme") || "";
    } catch {
      theme = ""; // storage is blocked, as in a sandboxed frame
    }
  }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (embed) root.dataset.embed = "";
  var others = Array.from(link.keys()).filter(function (key) {
    return key !== "v" && key !== "theme";
  });
  // The build names the chunks here that reading a link and drawing an embed take: fetched beside the first, not after it.
  var forLink = [];
  var forEmbed = [];
  if (others.length > 0) {
    root.dataset.answer = "other";
    (embed ? forLink.concat(forEmbed) : forLink).forEach(function (chunk) {
      var preload = document.createElement("link");
      preload.rel = "modulepreload";
      preload.href = chunk;
      document.head.append(preload);
    });
  }
  root.dataset.scripts = "";
  addEventListener(
    "error",
    function (event) {
      if (!(event.target instanceof HTMLScriptElement)) return;
      delete root.dataset.scripts;
      delete root.dataset.answer;
    },
    true,
  );
})();
