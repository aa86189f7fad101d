// Comfort for the pages of service keys and personal access tokens: buttons that copy a string or fill in a field, and
// a box that checks all others.
// They are hidden without this script, and everything can be done by hand.

(function () {
  "use strict";

  function start() {
    document.querySelectorAll("button[data-copy]").forEach(function (button) {
      offer(button, copy);
    });
    document.querySelectorAll("button[data-add]").forEach(function (button) {
      offer(button, add);
    });
    document.querySelectorAll("input[data-select-all]").forEach(function (box) {
      offer(box, selectAll);
    });
  }

  function offer(button, action) {
    button.hidden = false;
    button.addEventListener("click", function () {
      action(button);
    });
  }

  function selectAll(all) {
    all.form.querySelectorAll("input[type=checkbox][name]").forEach(function (box) {
      if (box.name === all.dataset.selectAll) {
        box.checked = all.checked;
      }
    });
  }

  function copy(button) {
    const source = document.getElementById(button.dataset.copy);
    const text = "value" in source ? source.value : source.textContent;
    copied(text, source).then(function (done) {
      const status = button.parentElement.querySelector("[role=status]");
      status.textContent = done ? button.dataset.copied : button.dataset.failed;
    });
  }

  // Browsers offer the clipboard to https and to this computer only.
  async function copied(text, source) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      select(source);
      return document.execCommand("copy");
    }
  }

  function select(element) {
    if ("select" in element) {
      element.select();
    } else {
      getSelection().selectAllChildren(element);
    }
  }

  function add(button) {
    const field = document.getElementById(button.dataset.to);
    const address = button.dataset.add;
    const entries = field.value.split(",").map(function (entry) {
      return entry.trim();
    });
    if (!entries.includes(address)) {
      field.value = entries.filter(Boolean).concat(address).join(", ");
    }
    field.focus();
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
