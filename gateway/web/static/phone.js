// Keeps the inbox of the phone page fresh; without scripts the page shows what was there when it was opened.
"use strict";

const inbox = document.getElementById("inbox");
const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: inbox.dataset.zone, day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
});
let shown = "";

function show(message) {
  const item = document.createElement("li");
  const body = document.createElement("p");
  const small = document.createElement("small");
  body.textContent = message.text;
  small.textContent = `${message.from} · ${clock.format(new Date(message.at)).replace(",", "")}`;
  item.append(body, small);
  return item;
}

async function refresh() {
  try {
    const response = await fetch(inbox.dataset.source);
    const text = await response.text();
    if (response.ok && text !== shown) {
      shown = text;
      const messages = JSON.parse(text);
      if (messages.length) inbox.replaceChildren(...messages.reverse().map(show));
    }
  } catch {
    // The gateway is away for a moment; the next round asks again.
  }
  setTimeout(refresh, 2000);
}

refresh();
