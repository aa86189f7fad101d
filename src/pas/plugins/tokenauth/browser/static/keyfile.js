// A button that copies the keyfile. Without this script there is none, and the text
// can be selected by hand.

(function () {
  "use strict";

  function start() {
    const button = document.getElementById("service-key-copy");
    const status = document.getElementById("service-key-copy-status");
    const keyfile = document.getElementById("service-key-keyfile");
    if (!button || !status || !keyfile || !navigator.clipboard) {
      return;
    }
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(keyfile.value).then(
        function () {
          status.textContent = button.dataset.copied;
        },
        function () {
          keyfile.select();
          status.textContent = button.dataset.failed;
        },
      );
    });
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
