// The list with nothing between the answer and the rows: what the browser and this machine can do at all.
"use strict";

const table = document.querySelector("table");
const body = document.querySelector("tbody");
const search = document.querySelector("input");

const row = (account) => {
  const line = document.createElement("tr");
  for (const text of [account.display_name, account.email, account.status, account.level?.name, account.last_active_at]) {
    line.insertCell().textContent = text ?? "";
  }
  return line;
};

let asked = 0;
const draw = async (text) => {
  asked += 1;
  const mine = asked;
  const response = await fetch(text ? `/data?q=${encodeURIComponent(text)}` : "/data");
  const page = await response.json();
  if (mine === asked) {
    table.setAttribute("aria-rowcount", String(page.total + 1));
    body.replaceChildren(...page.items.map(row));
  }
};

search.addEventListener("input", () => draw(search.value));
document.querySelector("button").addEventListener("click", () => document.querySelector("dialog").showModal());
draw("");
