"use strict";

// A mail program as a customer has it: a list, a mail, and a form. Mails are strangers' HTML: they are shown
// in a frame that runs nothing.
const $ = id => document.getElementById(id);
const NAME = new URLSearchParams(location.search).get("name") || "Robin";
const ADDRESS = `${NAME.toLowerCase().replace(/[^a-z0-9]+/g, ".").replace(/^\.|\.$/g, "") || "robin"}@customers.example`;
const SCREENS = ["list", "thread", "form"];

let me, isKnown = false, business, have = -1, mails = [], answering = null;

document.documentElement.dataset.platform = "mail";

async function ask(path, options) {
  const got = await fetch("/_control" + path, options).catch(() => { throw new Error("No connection, trying again…"); });
  if (got.status === 404) throw new Error("The emulator does not know this any more");
  if (!got.ok) throw new Error(`The emulator answered ${got.status}`);
  return got.json();
}

const post = (path, body) => ask(path, {method: "POST", body: JSON.stringify({account: me?.address, ...body})});

function make(tag, values = {}, ...inside) {
  const element = Object.assign(document.createElement(tag), values);
  element.append(...inside);
  return element;
}

function show(screen, title) {
  for (const one of SCREENS) $(one).hidden = one !== screen;
  $("back").hidden = screen === "list";
  $("compose").hidden = screen === "form";
  $("title").textContent = title ?? me.address;
}

async function live() {
  for (;;) {
    try {
      if (!isKnown) await meet();
      const heard = await ask(`/mails?${new URLSearchParams({account: me.address, have, wait: 20})}`);
      if (heard.have !== have) {
        ({have, mails} = heard);
        list();
      }
      $("state").textContent = `Writing to ${business.name || business.address}`;
    } catch (error) {
      [isKnown, have] = [false, -1];
      $("state").textContent = error.message;
      await new Promise(done => setTimeout(done, 1000));
    }
  }
}

async function meet() {
  [business] = await ask("/accounts");
  if (!business) throw new Error("No mailbox is there yet…");
  const isFirst = !me;
  me = await post("/people", {name: NAME, address: ADDRESS});
  isKnown = true;
  if (isFirst) show("list");
}

function list() {
  const focused = document.activeElement?.dataset?.key;
  $("mails").replaceChildren(...[...mails].reverse().map(row));
  $("empty").hidden = mails.length > 0;
  if (focused) $("mails").querySelector(`[data-key="${focused}"]`)?.focus();
}

function row(mail) {
  const mine = mail.box === "sent", name = mine ? `To ${mail.to}` : mail.from.replace(/\s*<.*>/, "");
  const button = make("button", {type: "button", onclick: () => open(mail)},
    make("strong", {}, mail.subject || "(no subject)"), make("span", {}, name), make("span", {}, mail.text.split("\n")[0]));
  button.dataset.key = `${mail.box}-${mail.uid}`;
  return make("li", {className: mine ? "me" : mail.seen ? "" : "new"}, button);
}

function open(mail) {
  const facts = make("dl");
  for (const [name, value] of [["From", mail.from], ["To", mail.to], ["Files", mail.files.map(one => one.name).join(", ")]]) {
    if (value) facts.append(make("dt", {}, name), make("dd", {}, value));
  }
  const parts = [make("h2", {}, mail.subject || "(no subject)"), facts, body(mail)];
  if (mail.box === "inbox") {
    parts.push(make("button", {type: "button", className: "answer", onclick: () => write(mail)}, "Answer"));
    if (!mail.seen) post("/reads", {uid: mail.uid}).then(() => { mail.seen = true; list(); }, () => {});
  }
  $("shown").replaceChildren(...parts);
  show("thread", mail.subject || "Mail");
  $("shown").focus();
}

function body(mail) {
  if (!mail.html) return make("pre", {}, mail.text);
  const frame = make("iframe", {title: "What was written", srcdoc: mail.html});
  frame.setAttribute("sandbox", "");
  return frame;
}

function write(mail = null) {
  answering = mail;
  $("to").value = mail ? mail.reply_to.replace(/.*<|>.*/g, "") || mail.from.replace(/.*<|>.*/g, "") : business.address;
  $("subject").value = mail ? mail.subject.replace(/^(re:\s*)?/i, "Re: ") : "";
  $("text").value = "";
  $("file").value = "";
  for (const id of ["to", "subject", "file"]) $(id).closest("label").hidden = !!mail;
  $("manner").closest("label").hidden = !mail;
  show("form", mail ? "Answer" : "New mail");
  $(mail ? "text" : "subject").focus();
}

async function attached() {
  const file = $("file").files[0];
  if (!file) return [];
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return [{name: file.name, mime: file.type || "application/octet-stream", base64: btoa(text)}];
}

$("form").addEventListener("submit", async event => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  try {
    if (answering) await post("/answers", {uid: answering.uid, text, manner: $("manner").value});
    else await post("/mails", {to: $("to").value, subject: $("subject").value, text, files: await attached()});
    show("list");
    $("compose").focus();
  } catch (error) {
    $("state").textContent = error.message;
  }
});
$("compose").addEventListener("click", () => { if (business) write(); });
$("back").addEventListener("click", () => { show("list"); $("compose").focus(); });
live();
